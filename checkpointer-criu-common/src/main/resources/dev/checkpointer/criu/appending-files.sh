# Changes what an image says of files that are appended to. Working directory: the image.
# - The writing ends of pipes get O_APPEND, where it has no effect. At restore CRIU opens what stands in for a pipe
#   (--inherit-fd) anew with these flags: without it a program would write over the beginning of a file that it is given to
#   append to, and its standard error over its standard output.
# - Regular files that are open with O_APPEND lose the size and the mode that CRIU would want them to have at restore: a log
#   grows and is rotated. The tags of these fields become that of field 15, which no CRIU knows.
# - So do the files that a rule has opened anew, lines reopen.N=PATH of the manifest. Where one of them is not found, or there
#   is no awk, the dump fails.
# The file is a magic number of 8 bytes, then entries of a length (4 bytes, least first) and a file_entry (CRIU's
# images/fdinfo.proto). Its field 18 is a pipe_entry, with the flags as field 3; its field 3 is a reg_file_entry, with the flags
# as field 2, the name as field 6, the size as field 8 and the mode as field 10. Without awk, and where no file
# is appended to or opened anew and no standard stream is a pipe, the image stays as it is.
if [ -f files.img ] && grep -q -e '^stdio\.[12]=pipe:' -e '^append\.' -e '^reopen\.' manifest.part
then
  if ! command -v awk >/dev/null || ! command -v od >/dev/null; then
    if grep -q '^reopen\.' manifest.part; then
      echo 'checkpointer: files cannot be opened anew at restore: there is no awk' >&2
      exit 1
    fi
  else
    # shellcheck disable=SC2016
    bytes=$({ sed -n 's/^reopen\.[0-9]*=/name /p' manifest.part; od -An -v -tu1 files.img; } | LC_ALL=C awk '
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
      function string(from, to,   all) {
        for (; from < to; from++) all = all sprintf("%c", byte[from])
        return all
      }
      function forget_size(end,   start, tag, flags, name, size) {
        while (at < end) {
          start = at
          tag = varint()
          if (tag == 2 * 8) { flags = varint(); continue }
          if (tag == 6 * 8 + 2) {
            size = varint()
            name = string(at, at + size)
            if (name in reopened) reopened[name] = 1
            at += size
            continue
          }
          if ((tag == 8 * 8 || tag == 10 * 8) && (name in reopened || flags % 4 && int(flags / 1024) % 2)) byte[start] = 15 * 8
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
      /^name / { reopened[substr($0, 6)] = 0; next }
      { for (i = 1; i <= NF; i++) byte[n++] = $i }
      END {
        put(0, 8)
        for (entry_at = 8; entry_at < n; entry_at = end) {
          end = entry_at + 4 + byte[entry_at] + 256 * byte[entry_at + 1]
          entry(entry_at + 4, end)
        }
        for (name in reopened) if (!reopened[name]) exit 1
      }') && printf %b "$bytes" >files.img || exit 1
  fi
fi
