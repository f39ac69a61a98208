"""nginx: http and https; below / a listing, a folder of WebDAV, and its status"""
PACKAGES = ["nginx-light"]


def start(run):
    plain, tls = run.port("tcp", 80), run.port("tcp", 443)
    certificate, key = run.certificate()
    work = run.sub("work", mode=0o777)
    run.write("files/read me.txt", "read me\n")
    run.write("files/more/notes.txt", "notes\n")
    run.sub("dav", mode=0o777)
    conf = run.write("nginx.conf", f"""
daemon off; pid {work}/pid; error_log stderr; worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {work}/body; proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi; uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
    ssl_certificate {certificate}; ssl_certificate_key {key};
    server {{
        listen {plain}; listen {tls} ssl; root /var/www/html;
        location /files/ {{ alias {run.folder}/files/; autoindex on; }}
        location /dav/ {{ alias {run.folder}/dav/; dav_methods PUT DELETE MKCOL COPY MOVE; }}
        location /nginx_status {{ stub_status; }}
    }}
}}
""")
    run.spawn(["/usr/sbin/nginx", "-e", "stderr", "-c", conf])
    for port in (plain, tls):
        run.serves("tcp", port, service="http", product="nginx",
                   version=run.version("nginx-light"), tls=port == tls)
