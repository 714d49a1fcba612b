#include "completion.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

namespace sheaf::cli {

namespace {

struct OptionWords {
    std::string name;  // the long form, such as --limit
    std::string help;
    std::string value;                 // what the value is called; empty: a flag
    std::vector<std::string> choices;  // of the value
};

struct VerbWords {
    std::string name;
    std::string help;
    std::vector<OptionWords> options;
    std::vector<std::string> places;  // STORE, COLLECTION ...
};

// "jsonl|json|table"; words in capitals, as in "N|exists|absent", stand for something else.
std::vector<std::string> choices_of(const std::string& type) {
    std::vector<std::string> choices;
    if (type.find('|') == std::string::npos) return choices;
    for (const std::string& word : CLI::detail::split(type, '|')) {
        if (!word.empty() && word.front() >= 'a' && word.front() <= 'z') choices.push_back(word);
    }
    return choices;
}

std::vector<VerbWords> verbs_of(const CLI::App& app) {
    std::vector<VerbWords> verbs;
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
        VerbWords words{verb->get_name(), verb->get_description(), {}, {}};
        for (const CLI::Option* option : verb->get_options()) {
            if (option->get_positional()) {
                words.places.push_back(option->get_name());
                continue;
            }
            const std::string type = option->get_type_size() == 0 ? "" : option->get_type_name();
            words.options.push_back(
                {"--" + option->get_lnames().front(), option->get_description(), type, choices_of(type)});
        }
        verbs.push_back(std::move(words));
    }
    return verbs;
}

std::string joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

// Inside single quotes in a zsh _arguments specification.
std::string zsh_text(std::string text) {
    std::string out;
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else if (c == ':' || c == '[' || c == ']' || c == '\\') {
            out += {'\\', c};
        } else {
            out += c;
        }
    }
    return out;
}

constexpr const char* bash_head = R"sh(# bash completion for sheaf: source <(sheaf completion bash)
_sheaf() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}
    local options= valued= places= choices=
    COMPREPLY=()
)sh";

constexpr const char* bash_tail = R"sh(    if [[ -n $choices ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
        return
    fi
    [[ $valued == *" $previous "* ]] && return
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
        return
    fi
    # The words before this one that are not options; readline has parted them at colons.
    local words=() word i glue=
    for ((i = 2; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == : && ${#words[@]} -gt 0 ]]; then
            words[-1]+=:
            glue=1
        elif [[ -n $glue ]]; then
            words[-1]+=$word
            glue=
        elif [[ $valued == *" $word "* ]]; then
            ((i++))
        elif [[ $word != -?* ]]; then
            words+=("$word")
        fi
    done
    local place
    read -r -a place <<< "$places"
    case ${place[${#words[@]}]-} in
        STORE | FILE)
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            ;;
        COLLECTION)
            local names
            names=$("${COMP_WORDS[0]}" collections "${words[0]/#\~\//$HOME/}" 2> /dev/null |
                sed -n 's/.*"name":"\([^"]*\)".*/\1/p')
            mapfile -t COMPREPLY < <(compgen -W "$names" -- "$current")
            ;;
        SHELL) mapfile -t COMPREPLY < <(compgen -W "bash zsh" -- "$current") ;;
    esac
}
complete -F _sheaf sheaf
)sh";

constexpr const char* zsh_head = R"sh(#compdef sheaf
# zsh completion for sheaf: source <(sheaf completion zsh), or save it as _sheaf in a folder of $fpath
_sheaf_collections() {
    local -a names
    names=(${(f)"$($sheaf_program collections ${(Q)words[2]} 2> /dev/null | sed -n 's/.*"name":"\([^"]*\)".*/\1/p')"})
    compadd -a names
}
_sheaf() {
    local sheaf_program=$words[1]
    local -a verbs
)sh";

constexpr const char* zsh_middle = R"sh(    if (( CURRENT == 2 )); then
        _describe verb verbs
        return
    fi
    shift words
    (( CURRENT-- ))
    case $words[1] in
)sh";

constexpr const char* zsh_tail = R"sh(    esac
}
if [[ $funcstack[1] == _sheaf ]]; then
    _sheaf "$@"
else
    compdef _sheaf sheaf
fi
)sh";

std::string zsh_place(const std::string& place, std::size_t number) {
    std::string action = " ";
    if (place == "STORE" || place == "FILE") action = "_files";
    if (place == "COLLECTION") action = "_sheaf_collections";
    if (place == "SHELL") action = "(bash zsh)";
    return fmt::format(" \\\n                '{}:{}:{}'", number, place, action);
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
    const std::vector<VerbWords> verbs = verbs_of(app);
    std::string out = bash_head;
    std::vector<std::string> names;
    for (const VerbWords& verb : verbs) names.push_back(verb.name);
    out += fmt::format("    local verbs=\"{}\"\n", joined(names));
    out +=
        "    if ((COMP_CWORD == 1)); then\n"
        "        mapfile -t COMPREPLY < <(compgen -W \"$verbs --help --version\" -- \"$current\")\n"
        "        return\n"
        "    fi\n"
        "    case $verb in\n";
    for (const VerbWords& verb : verbs) {
        std::vector<std::string> options;
        std::vector<std::string> valued;
        std::string cases;
        for (const OptionWords& option : verb.options) {
            options.push_back(option.name);
            if (!option.value.empty()) valued.push_back(option.name);
            if (!option.choices.empty()) {
                cases += fmt::format("            [[ $previous == {} ]] && choices=\"{}\"\n", option.name,
                                     joined(option.choices));
            }
        }
        out += fmt::format(
            "        {})\n            options=\"{}\"\n            valued=\" {} \"\n            places=\"{}\"\n{}"
            "            ;;\n",
            verb.name, joined(options), joined(valued), joined(verb.places), cases);
    }
    out += "    esac\n";
    return out += bash_tail;
}

std::string zsh_completion(const CLI::App& app) {
    const std::vector<VerbWords> verbs = verbs_of(app);
    std::string out = zsh_head;
    out += "    verbs=(\n";
    for (const VerbWords& verb : verbs) out += fmt::format("        '{}:{}'\n", verb.name, zsh_text(verb.help));
    out += "    )\n";
    out += zsh_middle;
    for (const VerbWords& verb : verbs) {
        out += fmt::format("        {})\n            _arguments", verb.name);
        for (const OptionWords& option : verb.options) {
            out += fmt::format(" \\\n                '{}[{}]", option.name, zsh_text(option.help));
            if (!option.choices.empty()) {
                out += fmt::format(":{}:({})", zsh_text(option.value), joined(option.choices));
            } else if (!option.value.empty()) {
                out += fmt::format(":{}: ", zsh_text(option.value));
            }
            out += "'";
        }
        for (std::size_t i = 0; i < verb.places.size(); ++i) out += zsh_place(verb.places[i], i + 1);
        out += "\n            ;;\n";
    }
    return out += zsh_tail;
}

}  // namespace sheaf::cli
