# Changes what an image says of files that are appended to. Working directory: the image.
# - The writing ends of pipes get O_APPEND, where it has no effect. At restore CRIU opens what stands in for a pipe
#   (--inherit-fd) anew with these flags: without it a program would write over the beginning of a file that it is given to
#   append to, and its standard error over its standard output.
# - Regular files that are open with O_APPEND lose the size and the mode that CRIU would want them to have at restore: a log
#   grows and is rotated. The tags of these fields become that of field 15, which no CRIU knows.
# The file is a magic number of 8 bytes, then entries of a length (4 bytes, least first) and a file_entry (CRIU's
# images/fdinfo.proto). Its field 18 is a pipe_entry, with the flags as field 3; its field 3 is a reg_file_entry, with the flags
# as field 2, the size as field 8 and the mode as field 10. Without awk, and where no file is appended to and no standard
# stream is a pipe, the image stays as it is.
if [ -f files.img ] && grep -q -e '^stdio\.[12]=pipe:' -e '^append\.' manifest.part && command -v awk >/dev/null && command -v od >/dev/null
then
  # shellcheck disable=SC2016
  bytes=$(od -An -v -tu1 files.img | awk '
    function varint(   value, factor) {
      factor = 1
      for (value = 0; byte[at] >= 128; at++) { value += (byte[at] - 128) * factor; factor *= 128 }
      return value + byte[at++] * factor
    }
    function skip(tag,   value) {
      value = varint()
      if (tag % 8 == 2) at += value
    }
    function put(from, to) { for (; from < to; from++) printf "\\0%03o", byte[from] }
    function forget_size(end,   start, tag, flags) {
      while (at < end) {
        start = at
        tag = varint()
        if (tag == 2 * 8) { flags = varint(); continue }
        if ((tag == 8 * 8 || tag == 10 * 8) && flags % 4 && int(flags / 1024) % 2) byte[start] = 15 * 8
        skip(tag)
      }
    }
    # Flags to write (bits 0 and 1) without O_APPEND (bit 10) get it. They grow by what they need as a varint.
    function entry(body, end,   tag, size, pipe, flags, value) {
      for (at = body; at < end;) {
        tag = varint()
        if (tag == 3 * 8 + 2) { size = varint(); forget_size(at + size); continue }
        if (tag != 18 * 8 + 2) { skip(tag); continue }
        size = at++
        for (pipe = at + byte[size]; at < pipe;) {
          tag = varint()
          flags = at
          if (tag != 3 * 8) { skip(tag); continue }
          value = varint()
          if (value % 4 == 1 && int(value / 1024) % 2 == 0) { append(body, end, size, flags, at, value + 1024); return }
        }
      }
      put(body - 4, end)
    }
    function append(body, end, size, flags, rest, value,   text, more) {
      for (more = flags - rest; value >= 128; value = int(value / 128)) {
        text = text sprintf("\\0%03o", value % 128 + 128)
        more++
      }
      text = text sprintf("\\0%03o", value)
      more++
      byte[body - 4] += more
      if (byte[body - 4] > 255) { byte[body - 4] -= 256; byte[body - 3]++ }
      byte[size] += more
      put(body - 4, flags)
      printf "%s", text
      put(rest, end)
    }
    { for (i = 1; i <= NF; i++) byte[n++] = $i }
    END {
      put(0, 8)
      for (entry_at = 8; entry_at < n; entry_at = end) {
        end = entry_at + 4 + byte[entry_at] + 256 * byte[entry_at + 1]
        entry(entry_at + 4, end)
      }
    }') && printf %b "$bytes" >files.img || exit 1
fi
