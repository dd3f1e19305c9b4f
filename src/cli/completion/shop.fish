# Completes `shop` in fish. The program itself finds the completions.

function __shop_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    set -l lines (command shop __complete $words "$current" 2>/dev/null </dev/null)
    if test "$lines[1]" = files
        set -l option (string match -r -- '^--[^=]*=' "$current")
        for path in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' "$current"))
            printf '%s\n' "$option$path"
        end
    else if test (count $lines) -gt 1
        # fish itself adds no space after a colon
        printf '%s\n' $lines[2..]
    end
end

complete -c shop -e
complete -c shop -f -k -a '(__shop_complete)'
