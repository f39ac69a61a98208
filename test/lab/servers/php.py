"""PHP's development server: http, its version in a header of what PHP makes"""
PACKAGES = ["php-cli", "php8.2-cli"]


def start(run):
    port = run.port("tcp", 8000)
    run.write("www/index.php", "<p>lab</p>")
    run.spawn(["/usr/bin/php", "-S", f"0.0.0.0:{port}", "-t", run.folder / "www"])
    run.serves("tcp", port, service="http", product="PHP cli server",
               version=run.version("php8.2-cli"))
