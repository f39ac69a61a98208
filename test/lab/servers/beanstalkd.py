"""beanstalkd"""
PACKAGES = ["beanstalkd"]


def start(run):
    port = run.port("tcp", 11300)
    run.spawn(["beanstalkd", "-l", "0.0.0.0", "-p", port])
    run.serves("tcp", port, service="beanstalkd", product="beanstalkd",
               version=run.version("beanstalkd"))
