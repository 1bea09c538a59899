# Kills the process of its argument with everything below it. A parent is stopped first so that nothing escapes.
end_tree() {
  kill -s STOP "$1" 2>/dev/null
  # shellcheck disable=SC2013
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do (end_tree "$child"); done
  kill -s KILL "$1" 2>/dev/null
}
end_tree "$1"
