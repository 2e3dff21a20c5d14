#!/bin/sh
# Make, once, what compose.yaml's gateway and agencies start from. The tokens are printed
# by the first run alone.
set -eu
folder=${1:-/data}
if [ -e "$folder/gateway/gateway.toml" ]; then
  exit 0
fi
python -m sandbox prepare --dir "$folder/sandbox"
gateway init "$folder/gateway"
rm "$folder/gateway/manifests/example.toml"
cp "$folder/sandbox/trust.toml" "$folder/gateway/trust.toml"
agencies=$(python -c 'import os, sandbox; print(os.path.dirname(sandbox.__file__))')/agencies
for agency in emergency-management transport fire-rescue; do
  # Plain http, since all of it is on the composition's own network.
  sed -e "s#http://127\.0\.0\.1:#http://$agency:#" \
    -e 's#^\[endpoint\]$#&\nunsafe_plain_http = true#' "$agencies/$agency.toml" \
    > "$folder/gateway/manifests/$agency.toml"
done
