"""As Elasticsearch 7.10 without security (elastic.co, "REST APIs")."""
import speaking

ANSWERS = {
    "/": {"name": "harbour", "cluster_name": "lab", "cluster_uuid": "nUD6kPDAQwKzSbPkX1mUHw",
          "version": {"number": "7.10.2", "build_flavor": "default", "build_type": "deb",
                      "build_hash": "747e1cc7", "build_date": "2021-01-13T00:42:12.435326Z",
                      "build_snapshot": False, "lucene_version": "8.7.0",
                      "minimum_wire_compatibility_version": "6.8.0",
                      "minimum_index_compatibility_version": "6.0.0-beta1"},
          "tagline": "You Know, for Search"},
    "/_cluster/health": {"cluster_name": "lab", "status": "yellow", "timed_out": False,
                         "number_of_nodes": 1, "number_of_data_nodes": 1,
                         "active_primary_shards": 2, "unassigned_shards": 1},
    "/_cat/indices?format=json&h=index,docs.count,store.size": [
        {"index": "customers", "docs.count": "3", "store.size": "10kb"},
        {"index": ".kibana_1", "docs.count": "8", "store.size": "2mb"}],
}

speaking.serve_http(lambda path: ANSWERS.get(path, (404, {"error": "no handler", "status": 404})))
