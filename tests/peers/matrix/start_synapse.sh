#!/bin/bash
# A real Matrix homeserver on loopback: SQLite, no federation, open registration. Usage: start_synapse.sh VENV DIR PORT
# Synapse is AGPL: it runs as a process of its own and is never imported.
set -e
V=$1 D=$2 PORT=$3
mkdir -p "$D"
cd "$D"
if [ ! -f homeserver.yaml ]; then
  "$V/bin/python" -m synapse.app.homeserver --server-name test.local -c homeserver.yaml --generate-config --report-stats=no >/dev/null
  cat > over.yaml <<Y
listeners:
  - {port: $PORT, type: http, bind_addresses: ['127.0.0.1'], tls: false, x_forwarded: false, resources: [{names: [client], compress: false}]}
federation_domain_whitelist: []
trusted_key_servers: []
suppress_key_server_warning: true
enable_registration: true
enable_registration_without_verification: true
bcrypt_rounds: 4
database: {name: sqlite3, args: {database: $D/homeserver.db}}
media_store_path: $D/media
presence: {enabled: false}
caches: {sync_response_cache_duration: 0s}
rc_message: {per_second: 1000, burst_count: 1000}
rc_registration: {per_second: 1000, burst_count: 1000}
rc_login: {address: {per_second: 1000, burst_count: 1000}, account: {per_second: 1000, burst_count: 1000}, failed_attempts: {per_second: 1000, burst_count: 1000}}
rc_joins: {local: {per_second: 1000, burst_count: 1000}, remote: {per_second: 1000, burst_count: 1000}}
rc_invites: {per_room: {per_second: 1000, burst_count: 1000}, per_user: {per_second: 1000, burst_count: 1000}, per_issuer: {per_second: 1000, burst_count: 1000}}
Y
fi
exec "$V/bin/python" -m synapse.app.homeserver -c homeserver.yaml -c over.yaml
