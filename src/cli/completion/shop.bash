# Completes `shop` in bash 4 and later. The program itself finds the completions.

_shop_completion() {
  # bash also splits words at `:`, `=` and `@`, so their parts are joined again, up to the cursor
  local rest=${COMP_LINE:0:COMP_POINT} words=() piece i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    if ((i == 0)) || [[ $rest == [[:space:]]* ]]; then
      rest=${rest#"${rest%%[![:space:]]*}"}
      words+=('')
    fi
    piece=${COMP_WORDS[i]}
    ((i < COMP_CWORD)) || piece=$rest
    words[${#words[@]} - 1]+=$piece
    rest=${rest#"$piece"}
  done
  local last=$((${#words[@]} - 1))
  # readline completes the text after an open quote
  local current=${words[last]#[\"\']}
  words[last]=$current

  local mode= line words_found=() abouts=() word longest=0
  {
    read -r mode
    while IFS= read -r line; do
      word=${line%%$'\t'*}
      words_found+=("$word")
      abouts+=("${line#*$'\t'}")
    done
  } < <(command shop __complete "${words[@]:1}" 2>/dev/null </dev/null)

  COMPREPLY=()
  case $mode in
    files) compopt -o default ;;
    open) compopt -o nospace ;;
  esac
  # bash 4.4 and later can keep the order of the words
  compopt -o nosort 2>/dev/null
  # readline replaces only the text after the last character where it splits
  [[ $current == *"$2" ]] || return 0
  local kept=${current%"$2"}
  for ((i = 0; i < ${#words_found[@]}; i++)); do
    word=${words_found[i]#"$kept"}
    COMPREPLY+=("$word")
    ((${#word} <= longest)) || longest=${#word}
  done
  # adds the descriptions if readline only lists the words; with completion types 37 and 42, readline inserts the words
  if ((${#COMPREPLY[@]} > 1 && COMP_TYPE != 37 && COMP_TYPE != 42)); then
    for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
      [[ -n ${abouts[i]} ]] || continue
      printf -v line '%-*s  %s' "$longest" "${COMPREPLY[i]}" "${abouts[i]}"
      COMPREPLY[i]=${line:0:${COLUMNS:-80} - 1}
    done
  fi
}

complete -F _shop_completion shop
