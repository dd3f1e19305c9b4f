#compdef shop
# Completes `shop` in zsh. The program itself finds the completions.

_shop() {
  local -a lines described open
  local line word
  lines=("${(@f)$(command shop __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  case $lines[1] in
    files)
      [[ $PREFIX != --*=* ]] || compset -P '*='
      _files
      return
      ;;
    open) open=(-S '') ;;
  esac
  for line in "${(@)lines[2,-1]}"; do
    word=${line%%$'\t'*}
    # the first colon ends the word
    described+=("${word//:/\\:}${${line#*$'\t'}:+:${line#*$'\t'}}")
  done
  _describe -V -t values shop described "${(@)open}"
}

if [[ $funcstack[1] == _shop ]]; then
  _shop "$@"
else
  compdef _shop shop
fi
