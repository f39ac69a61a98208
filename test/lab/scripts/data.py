"""Databases, caches, queues, interfaces of clusters, and what is past its end of life."""
from script_case import Case

# In whatever order Nmap's Lua has them.
MYSQL_FLAGS = (r"^(LongPassword|FoundRows|LongColumnFlag|ConnectWithDatabase|ODBCClient|IgnoreSigpipes|"
               r"DontAllowDatabaseTableColumn|SupportsCompression|SupportsLoadDataLocal|"
               r"IgnoreSpaceBeforeParenthesis|Speaks41Protocol(New|Old)|InteractiveClient|"
               r"SwitchToSSLAfterHandshake|SupportsTransactions|Support41Auth|"
               r"SupportsMultipleStatments|SupportsMultipleResults|SupportsAuthPlugins)$")
NUMBER = r"^\d+(\.\d+)?$"
ADMIN_PARTY = "none .everybody is administrator"

CASES = [
    Case("mysql-info", "mariadb", 3306, findings=("mysql-without-tls",), same_as_nmap=True,
         masked=(MYSQL_FLAGS, r"^[!-~]{20}$", r"^\d{1,4}$"), values={
             "Protocol": "^10$", "Version": "MariaDB", "Some Capabilities": "^Speaks41ProtocolNew$",
             "Status": "^Autocommit$", "Salt": "^.{16,20}$",
             "Auth Plugin Name": "mysql_native_password"}),
    Case("mysql-info", "mariadb_refused", 3306, silent=True, same_as_nmap=True),
    Case("mysql-info", "redis", 6379, silent=True),

    Case("pgsql-info", "postgresql", 5432, findings=("postgresql-without-tls",), values={
        "TLS": "^no$", "Message": "no pg_hba.conf entry|rejects connection", "Authentication": None}),
    Case("pgsql-info", "pgbouncer", 6432, findings=("postgresql-without-tls",), values={"TLS": "^no$"}),
    Case("pgsql-info", "speaker:pgsql_trust", 5432,
         findings=("postgresql-without-tls", "postgresql-without-password"),
         values={"Authentication": "^none$", "Version": r"^15\.3$"}),
    Case("pgsql-info", "speaker:pgsql_password", 5432,
         findings=("postgresql-without-tls", "postgresql-clear-text-password"),
         values={"Authentication": "clear text"}),

    # Debian's nmap 7.93 dies of an error of its own here.
    Case("ms-sql-info", "speaker:mssql", 1433, findings=("ms-sql-without-encryption",), values={
        "": "^Microsoft SQL Server 2017$"}, text="number: 14.00.3456.00"),
    Case("ms-sql-info", "speaker:mssql_browser", 1434, "udp", values={"": "^OLD$"},
         text="Product: Microsoft SQL Server 2005"),

    Case("redis-info", "redis", 6379, findings=("redis-without-password",), same_as_nmap=True,
         masked=(NUMBER, r"^[\d.]+[KM]$"),
         values={"Version": r"^7\.", "Architecture": "^64 bits$", "Role": "^master$",
                 "Bind addresses.1": r"^0\.0\.0\.0$", "Client connections": r"^10\.91\.0\.1$"}),
    # Nmap's script does not know the port.
    Case("redis-info", "redis_sentinel", 26379, findings=("redis-sentinel-without-password",),
         values={"Version": r"^7\.", "Role": None}),

    Case("memcached-info", "memcached", 11211, findings=("memcached-without-login",),
         same_as_nmap=True, masked=(NUMBER, r"^\d+ seconds$", r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$"),
         values={"Process ID": NUMBER, "TCP Port": "^11211$", "Authentication": "^no$"}),
    Case("memcached-info", "memcached", 11211, "udp", same_as_nmap=True,
         findings=("memcached-without-login", "memcached-udp"), values={"UDP Port": "^11211$"},
         masked=(NUMBER, r"^\d+ seconds$", r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")),

    # Text in whatever order Nmap's Lua has it, of servers before 5.1 only: ours is structured.
    Case("mongodb-info", "speaker:mongodb", 27017, findings=("mongodb-without-login",), values={
        "MongoDB Build info.version": r"^4\.4\.29$", "Server status.process": "^mongod$",
        "MongoDB Build info.storageEngines": "^wiredTiger$"}),
    Case("mongodb-info", "speaker:mongodb_closed", 27017, values={
        "MongoDB Build info.version": r"^6\.0\.14$", "Server status": "requires authentication"}),
    Case("mongodb-databases", "speaker:mongodb", 27017, values={
        "databases.2.name": "^shop$", "totalSize": r"^114688\.0$"}),
    Case("mongodb-databases", "speaker:mongodb_closed", 27017, values={
        "errmsg": "requires authentication", "code": "^13$"}),

    Case("cassandra-info", "speaker:cassandra", 9160, findings=("cassandra-without-login",),
         same_as_nmap=True, values={"Cluster name": "^Lab Cluster$", "Version": r"^19\.39\.0$"}),
    # Nmap's speaks Thrift only.
    Case("cassandra-info", "speaker:cassandra_cql", 9042, findings=("cassandra-without-login",),
         values={"Version": r"^3\.11\.4$", "CQL": r"^3\.4\.4$", "Compression": "^snappy, lz4$"}),

    Case("couchdb-databases", "speaker:couchdb", 5984, findings=("couchdb-without-login",),
         text="4 = stock", same_as_nmap=True),
    # Text in whatever order Nmap's Lua has it: ours is structured.
    Case("couchdb-stats", "speaker:couchdb", 5984, values={
        "httpd.requests.current": "^9$", "couchdb.database_reads": None,
        "Authentication": "admin party"}),
    Case("couchdb-info", "speaker:couchdb", 5984, findings=("couchdb-admin-party",), values={
        "Version": r"^2\.3\.1$", "Authentication": ADMIN_PARTY, "Nodes.1": "^couchdb@"}),
    Case("couchdb-info", "nginx", 80, version=True, silent=True),

    Case("elasticsearch-info", "speaker:elasticsearch", 9200,
         findings=("elasticsearch-without-login",), values={
             "Version": r"^7\.10\.2$", "Cluster": "^lab$", "Status": "^yellow$",
             "Indices": r"^customers \(3 documents, 10kb\)$"}),
    Case("elasticsearch-info", "speaker:elasticsearch_closed", 9200,
         values={"Authentication": "^required$", "Version": None}),
    Case("etcd-info", "etcd", 2379, findings=("etcd-keys-readable",), values={
        "Server": r"^3\.4\.", "Keys": "^readable$", "Members": "^default http://"}),
    Case("kubernetes-info", "speaker:kubernetes", 8001, findings=("kubernetes-anonymous",), values={
        "Version": r"^v1\.24\.17$", "Namespaces.2": "^kube-system$"}),
    Case("kubernetes-info", "speaker:kubernetes_closed", 6443, values={
        "Version": r"^v1\.29\.4$", "Anonymous": "^version only$", "Namespaces": None}),
    Case("kubernetes-info", "speaker:kubelet", 10250, findings=("kubernetes-anonymous",),
         values={"Pods.1": "^kube-system/coredns$"}),
    Case("consul-info", "speaker:consul", 8500, findings=("consul-without-acl",), values={
        "Version": r"^1\.15\.4$", "Node": "^harbour$", "Script checks": "^true$", "Services": "^web$"}),
    Case("docker-version", "speaker:docker", 2375, findings=("docker-api-open",), same_as_nmap=True,
         values={"Version": r"^24\.0\.7$", "Components.1.Details.Arch": "^amd64$"}),

    Case("zookeeper-info", "speaker:zookeeper", 2181, findings=("zookeeper-without-login",),
         values={"Version": r"^3\.4\.13$", "Mode": "^standalone$", "Root nodes.1": "^shop$"}),
    Case("kafka-info", "speaker:kafka", 9092, findings=("kafka-without-login",), values={
        "Brokers.1": "^1 broker.lab.test:9092 .controller.$", "Topics": "^orders .1 partitions.$"}),
    Case("kafka-info", "speaker:kafka_closed", 9092, findings=("kafka-clear-text-login",),
         values={"Authentication": "^PLAIN SCRAM-SHA-512$", "Topics": None}),
    Case("amqp-info", "rabbitmq", 5672, findings=("amqp-clear-text-login",), same_as_nmap=True,
         text=r"product: RabbitMQ\n +version: 3\."),
    Case("amqp-info", "rabbitmq", 5671, text=r"product: RabbitMQ"),
    Case("rabbitmq-info", "speaker:rabbitmq_management", 15672,
         findings=("rabbitmq-clear-text-login",), values={"Authentication": "^required$"}),
    Case("rabbitmq-info", "speaker:rabbitmq_management_open", 15672,
         findings=("rabbitmq-management-open",), values={"Version": r"^3\.8\.9$", "Queues": "^2$"}),
    Case("mqtt-info", "mosquitto", 1883, findings=("mqtt-anonymous",), values={
        "Anonymous": "^yes$", "version": "^mosquitto version 2"}),
    Case("mqtt-info", "mosquitto", 8883, findings=("mqtt-anonymous",), values={"Anonymous": "^yes$"}),
    Case("mqtt-info", "mosquitto_closed", 1883, findings=("mqtt-clear-text-login",), values={
        "Anonymous": "^no$", "Reason": "Not Authorized"}),
    # Which of the broker's own messages come within the time is chance, their order, too.
    Case("mqtt-subscribe", "mosquitto", 1883, args="mqtt-subscribe.listen-time=2s", values={
        "Topics and their most recent payloads.$SYS/broker/version": "^mosquitto version 2"}),
    Case("mqtt-subscribe", "mosquitto_closed", 1883, same_as_nmap=True,
         values={"ERROR": "^Connection rejected: Not Authorized$"}),
    Case("nats-info", "nats", 4222, findings=("nats-without-login",), values={
        "Version": r"^2\.", "Anonymous": "^yes$", "TLS": "^no$"}),
    Case("beanstalkd-info", "beanstalkd", 11300, findings=("beanstalkd-without-login",), values={
        "Version": r"^1\.", "Hostname": "^lab", "Tubes.1": "^default$"}),
    Case("gearman-info", "gearmand", 4730, findings=("gearman-without-login",),
         values={"Version": r"^1\.1\."}),
    Case("epmd-info", "epmd", 4369, findings=("epmd-exposed",), same_as_nmap=True,
         values={"epmd_port": "^4369$", "nodes.harbour": "^25672$"}),

    Case("ldap-rootdse", "slapd", 389, same_as_nmap=True, text="namingContexts: dc=lab,dc=test"),
    Case("ldap-rootdse", "slapd", 636, same_as_nmap=True, text="supportedSASLMechanisms: PLAIN"),
    Case("ldap-rootdse", "speaker:ldap_open", 389, text="namingContexts: dc=harbour,dc=test",
         findings=("ldap-anonymous-read", "ldap-clear-text-login")),
    Case("coap-resources", "coap_rd", 5683, "udp", same_as_nmap=True,
         findings=("coap-without-dtls",), values={"/rd.rt": "^core.rd$"}),
    # Nmap's takes ";obs,</async>;ct=0" for one attribute; it is the end of a link (RFC 6690).
    Case("coap-resources", "coap_server", 5683, "udp", findings=("coap-without-dtls",), values={
        "/time.obs": "^$", "/time.if": "^clock$", "/async.ct": "^0$"}),

    Case("influxdb-info", "influxdb", 8086, findings=("influxdb-without-login",), values={
        "Version": r"^1\.6\.7", "Authentication": "^none$"}),
    Case("clickhouse-info", "speaker:clickhouse", 8123, findings=("clickhouse-without-password",),
         values={"Version": r"^23\.8\.2\.7$", "Databases.2": "^shop$"}),
    Case("prometheus-info", "speaker:prometheus", 9090, findings=("prometheus-open",), values={
        "Version": r"^2\.42\.0$", "Targets.1": "10.0.0.7:9100"}),
    Case("tarantool-info", "tarantool", 3301, values={
        "Version": r"^2\.", "Protocol": "^Binary$", "Instance": "^[0-9a-f-]{36}$"}),

    Case("cups-info", "speaker:ipp", 631, findings=("cups-open",), same_as_nmap=True,
         text="laser\n.*\n +Location: Room 4"),
    Case("cups-info", "cups", 631, silent=True, same_as_nmap=True),

    Case("end-of-life", "speaker:old_apache", 80, version=True, findings=("end-of-life",), values={
        r"Apache httpd 2.2.34": "^2017-07-11$", r"PHP 5.4.45": "^2015-09-14$"}),
    Case("end-of-life", "vsftpd", 21, version=True, silent=True),
    Case("known-backdoor", "speaker:old_vsftpd", 21, version=True, findings=("known-backdoor",),
         values={"vsftpd 2.3.4": "^CVE-2011-2523$"}),
    Case("known-backdoor", "vsftpd", 21, version=True, silent=True),
]
