# Outlives the JVM that started it, by the length of a clean-up: stops the PostgreSQL on the data
# in "$2" and removes the folder "$1", in which they are unless they are to stay. Standard input is a pipe from the JVM: the pipe ends when the
# JVM does, however it ends.
trap '' INT TERM HUP
folder=$1
data=$2

while read -r _; do :; done

# Prints the postmaster's process id while it is alive and really ours: after a crash the number in
# the file may belong to anybody.
postmaster() {
  pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null)
  case $pid in '' | *[!0-9]*) return 1 ;; esac
  if [ -d /proc/self ]; then
    tr '\0' ' ' <"/proc/$pid/cmdline"
  else
    ps -p "$pid" -o args=
  fi 2>/dev/null | grep -qF -- "$data" && echo "$pid"
}

# Fast shutdown, immediate shutdown after 3 s, no more patience after 6 s.
tries=0
while [ "$tries" -lt 120 ] && pid=$(postmaster); do
  case $tries in
    0) kill -INT "$pid" ;;
    60) kill -QUIT "$pid" ;;
    119) kill -KILL "$pid" ;;
  esac
  tries=$((tries + 1))
  sleep 0.05
done

# What was only starting (initdb, pg_ctl) may still write, and fails when its folder is gone.
tries=0
while [ -e "$folder" ] && [ "$tries" -lt 100 ]; do
  rm -rf -- "$folder" 2>/dev/null
  tries=$((tries + 1))
  sleep 0.05
done
