#!/bin/sh
# Reports for check_page.mjs into FOLDER: shipped data in both languages, and what data can be at
# its worst. usage: make_pages.sh PROPENSE FOLDER
set -eu
propense=$1 folder=$2
data=$(cd "$(dirname "$0")/../../data" && pwd)
mkdir -p "$folder"
cd "$folder"
quiet="--verbose 0"
exec 2> warnings.txt # what data is warned of is not news here
trap 'code=$?; if [ $code != 0 ]; then cat warnings.txt; fi' EXIT
fast="--hidden 8 --epochs 4 --calibrate none"

report() { # name model data options...
    name=$1 model=$2 rows=$3
    shift 3
    "$propense" report "$model" "$rows" --out "$name.html" $quiet "$@"
}

# Customers by awk: numbers from a small generator of its own, so that they are the same everywhere.
customers() { # rows program
    awk -v n="$1" 'function u() { s = (s * 16807) % 2147483647; return s / 2147483647 }
        BEGIN { s = 42; '"$2"' }'
}

# ---- Shipped data

"$propense" train "$data/campaign_history.csv" --model_out campaign.keras $quiet > /dev/null
report campaign_en campaign.keras "$data/campaign_history.csv" --lang en
gzip -dc "$data/shoppers.csv.gz" | head -n 4001 > shoppers.csv
"$propense" train shoppers.csv --drop PageValues --preset campaign --model_out shoppers.keras $quiet > /dev/null
"$propense" plan shoppers.keras shoppers.csv --margin 60 --cost 5 --currency EUR --plan_out plan.json \
    --out list.csv $quiet > /dev/null
report shoppers_en shoppers.keras shoppers.csv --plan plan.json --lang en
report shoppers_es shoppers.keras shoppers.csv --plan plan.json --lang es
"$propense" report shoppers.keras --out model_alone.html $quiet

# ---- Extremes

customers 400 'print "visits,city,label"; for (i = 0; i < n; i++) { v = int(u() * 30);
    print v "," "city" int(u() * 60) "," (u() < 0.1 + v / 60) }' > categories60.csv
"$propense" train categories60.csv $fast --model_out categories60.keras $quiet > /dev/null
report categories60 categories60.keras categories60.csv

awk -F, 'NR == 1 || $3 == 1' categories60.csv > one_class.csv
report one_class categories60.keras one_class.csv
head -n 11 categories60.csv > ten_rows.csv
report ten_rows categories60.keras ten_rows.csv
sed 's/^[0-9]*,city[0-9]*,/7,city7,/' categories60.csv > constant.csv
report constant categories60.keras constant.csv

# Names and values that want to be markup, script, right-to-left or very long.
long=$(printf 'a_very_long_name_of_a_column_%.0s' 1 2 3 4 5 6)
customers 300 'print "<script>alert(1)</script>,\"\"\"><img src=x onerror=alert(2)>\",'"$long"',גיל 😀,region,label"
    split("</svg><script>alert(3)</script>|\342\200\256gnitirw & '"'x'"'|مدينة|<b>North</b>", level, "|")
    for (i = 0; i < n; i++) { v = int(u() * 30)
    print v "," u() "," int(u() * 1000000) "," int(20 + u() * 50) "," level[1 + int(u() * 4)] "," \
        (u() < 0.1 + v / 45 ? "<i>yes</i>" : "no & never") }' > 'evil <img src=x onerror=alert(4)>.csv'
"$propense" train evil*.csv --target label --positive '<i>yes</i>' $fast --model_out 'evil<script>.keras' $quiet > /dev/null
report evil 'evil<script>.keras' evil*.csv --lang es
