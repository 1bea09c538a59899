# Makes CRIU forget whose session the terminals of an image belonged to. At restore it would insist on a leader of that
# session; without one, another terminal can be given in the old one's place (--inherit-fd). Working directory: the image.
# The file is a magic number of 8 bytes, then entries of a length (4 bytes, least first) and a tty_info_entry (CRIU's
# images/tty.proto). Its field 6, the session, becomes zero in as many bytes as it had.
if [ -f tty-info.img ]; then
  # shellcheck disable=SC2016
  bytes=$(od -An -v -tu1 tty-info.img | tr -s ' ' '\n' | awk '
    function varint(   value, factor) {
      factor = 1
      for (value = 0; byte[at] >= 128; at++) { value += (byte[at] - 128) * factor; factor *= 128 }
      return value + byte[at++] * factor
    }
    $1 != "" { byte[n++] = $1 }
    END {
      for (at = 8; at < n;) {
        end = at + 4 + byte[at] + 256 * byte[at + 1]
        for (at += 4; at < end;) {
          tag = varint()
          start = at
          value = varint()
          if (tag % 8 == 2) at += value
          if (tag == 6 * 8) { for (i = start; i < at - 1; i++) byte[i] = 128; byte[at - 1] = 0 }
        }
      }
      for (i = 0; i < n; i++) printf "\\0%03o", byte[i]
    }') && printf %b "$bytes" >tty-info.img || exit 1
fi
