#!/usr/bin/env bash
# Takes the pictures of the manual anew, of tiles and layouts of the default day and of a SustainDC run, and of studies.
#
#   docs/manual/pictures/take.sh [PROGRAM] [NAME…]
#
# Needs a Vulkan driver (a software one will do) and ImageMagick, which makes palettes of the colours: the files stay small.
# welcome, live, everything, tour, play, export, commands and replay are cut from the open window.
set -euo pipefail
cd "$(dirname "$0")"
program=${1:-../../../target/release/c2g-twin}
shift || true
wanted=" $* "
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# begin NAME: an empty folder for a picture; fails where it is not wanted
begin() {
    [ "$wanted" = "  " ] || [[ "$wanted" == *" $1 "* ]] || return 1
    rm -rf "$work/one"
}

# keep PICTURE NAME OPTIONS…: the picture as the manual holds it
keep() {
    convert "$1" "${@:3}" "PNG8:$2.png"
    echo "$2 $(stat -c %s "$2.png")"
}

# take NAME SIZE ARGUMENTS…
take() {
    local name=$1 size=$2
    shift 2
    begin "$name" || return 0
    "$program" shot --size "$size" --out "$work/one" "$@" >/dev/null
    keep "$work"/one/*.png "$name" -strip -colors 160
}

day=(--at 7380)
hall=(--plant sustaindc --policy agent_ls=carbon_shift --policy agent_dc=trim_and_respond --policy agent_bat=rbc_battery --at 288)
take site 740x420 "${day[@]}" --tile site
take one_line 780x440 "${day[@]}" --tile one_line
take levers 360x420 "${day[@]}" --tile levers
take control 360x440 "${day[@]}" --tile control
take events 420x300 "${day[@]}" --tile events
take signals 460x360 "${day[@]}" --tile signals
take now 420x360 "${day[@]}" --tile now
take timeline 740x240 "${day[@]}" --tile timeline
take faceplate 380x460 "${day[@]}" --tile faceplate
take scoreboard 740x320 "${day[@]}" --tile scoreboard
take runs 460x240 "${day[@]}" --tile runs
take cursors 520x300 "${day[@]}" --tile cursors
take chart 700x260 "${day[@]}" --tile chart:thermal
take why 740x420 "${day[@]}" --tile why
take observation 560x440 "${day[@]}" --tile observation
take steps 460x320 "${day[@]}" --tile steps
take bid 600x300 "${day[@]}" --tile bid
take headroom 480x320 "${day[@]}" --tile headroom
take ask 560x300 "${day[@]}" --tile ask
take lab 980x600 --at 400 --tile lab
take explain 820x520 "${hall[@]}" --tile explain
for tile in regulation reward market thermal battery workload grid; do
    take "c2g-$tile" 620x300 "${day[@]}" --tile "plant:$tile"
done
for tile in queue air carbon rewards; do
    take "sustaindc-$tile" 620x300 "${hall[@]}" --tile "plant:$tile"
done

# figure STUDY FIGURE WIDTHx+LEFT+TOP: panels of a figure without its heading, which the page has already
figure() {
    local name=study_${1//-/_}
    begin "$name" || return 0
    "$program" study "$1" --out "$work/one" >/dev/null
    # A height beyond the lower edge is cut to it.
    keep "$work/one/$2.png" "$name" -crop "${3%%x*}x9999${3#*x}" +repage -resize 720x -strip +dither -colors 48
}

figure workload workload_spikes 1572x+0+116
figure throttle backlog 1800x+0+116
figure step-response step_response 1800x+0+116
figure steady-state steady_state 1064x+0+116
figure cop cop 1064x+0+116
figure hvac hvac 1064x+0+116
figure pump-fault pump_fault 1800x+0+116
figure thermal-constants thermal_constants 1572x+0+116
figure loss-chain loss_chain 1064x+0+116
figure pue pue 1572x+0+116
figure ups ups 1064x+0+116
figure battery-cycle battery_cycle 1064x+0+116
figure round-trip round_trip 1064x+0+116
figure acceptance acceptance 1064x+0+116
figure regd regd 1064x+0+148
figure prices prices_by_hour 1572x+0+116
figure voltage voltage 1064x+0+116
figure frequency frequency 1572x+0+116
figure weather weather_annual 1064x+0+116
figure implied-cop implied_cop 1572x+0+116
figure scenarios scenario_stress 1800x+0+116
figure scenario-traces scenario_traces 1572x+0+116
figure scenario-grid scenario_grid 1800x+0+116
figure scenario-risk observation_coverage 1064x+0+116
figure failures failure_constraints 1080x+1070+116
figure ablation ablation 1572x+0+116
figure tornado tornado 1800x+0+148
