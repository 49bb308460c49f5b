#!/bin/sh
# Run once, by the PostgreSQL image, on an empty data directory: a database for the views and one for the key store, each of a role of its own
# that nobody else's data are open to.
set -eu

own() {
    psql --set ON_ERROR_STOP=1 --set role="$1" --set password="$2" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role";
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
}

own staffetta_views "$VIEWS_PASSWORD"
own staffetta_keys "$KEYS_PASSWORD"
