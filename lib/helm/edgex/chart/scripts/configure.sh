# Writes each path of the arguments from the template of its number, with the keys of Secrets in it, escaped as in a JSON string.
umask 077
number=0
for path in "$@"; do
  # Bytes are taken as they are, whatever they spell.
  LC_ALL=C awk -v secrets=/mec/secrets '
    function secret(name, file, command, line, text, separator) {
      file = secrets "/" name
      if ((getline line < file) < 0) {
        print "there is no key " name " of a Secret" | "cat >&2"
        exit 1
      }
      close(file)
      # The x tells whether the last line ends, which awk does not.
      command = "cat \"" file "\"; printf x"
      text = ""
      separator = ""
      while ((command | getline line) > 0) {
        text = text separator line
        separator = "\n"
      }
      close(command)
      return substr(text, 1, length(text) - 1)
    }
    function escaped(text, out, place, character) {
      out = ""
      for (place = 1; place <= length(text); place++) {
        character = substr(text, place, 1)
        if (character == "\\" || character == "\"") out = out "\\" character
        else if (character in controls) out = out controls[character]
        else out = out character
      }
      return out
    }
    BEGIN {
      for (code = 1; code < 32; code++) controls[sprintf("%c", code)] = sprintf("\\u%04x", code)
    }
    {
      out = ""
      rest = $0
      while (match(rest, /@@[a-z0-9.-]+\/[A-Za-z0-9_.-]+@@/)) {
        out = out substr(rest, 1, RSTART - 1)
        name = substr(rest, RSTART + 2, RLENGTH - 4)
        # What match found is gone once another match is made.
        rest = substr(rest, RSTART + RLENGTH)
        out = out escaped(secret(name))
      }
      print out rest
    }
  ' "/mec/templates/$number" >"$path" || exit 1
  number=$((number + 1))
done
