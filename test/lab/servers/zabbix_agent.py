"""Zabbix agent, which answers everybody"""
PACKAGES = ["zabbix-agent"]


def start(run):
    port = run.port("tcp", 10050)
    conf = run.write("agent.conf", f"ListenPort={port}\nServer=0.0.0.0/0\nLogType=console\n"
                     f"PidFile={run.folder}/pid\nStartAgents=3\nAllowRoot=1\n")
    run.spawn(["/usr/sbin/zabbix_agentd", "-f", "-c", conf])
    run.serves("tcp", port, service="zabbix-agent", product="Zabbix agent",
               version=run.version("zabbix-agent"))
