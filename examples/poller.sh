#!/bin/sh
# Asks Coinbase for a price again and again with curl.
#
#   downtick run rest/http-503 -- sh examples/poller.sh {rest_url}

trap 'exit 0' TERM
while :; do
    book=$(curl --silent --show-error --fail --max-time 2 "$1/market/product_book?product_id=BTC-USD&limit=1") \
        && echo "$book" | sed 's/.*"bids": *\[{"price": *"\([^"]*\)".*/\1/'
    sleep 0.1
done
