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
    std::string name;  // "find", "index create"
    std::string word;  // the last one of the name
    std::string help;
    std::vector<OptionWords> options;
    std::vector<std::string> places;  // STORE, COLLECTION ...
    std::vector<VerbWords> verbs;     // of a family, which has nothing else
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

// `before`: the family's name and a space.
std::vector<VerbWords> verbs_of(const CLI::App& app, const std::string& before = "") {
    std::vector<VerbWords> verbs;
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
        VerbWords words{before + verb->get_name(), verb->get_name(), verb->get_description(), {}, {}, {}};
        words.verbs = verbs_of(*verb, words.name + " ");
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

std::string names_of(const std::vector<VerbWords>& verbs) {
    std::vector<std::string> names;
    for (const VerbWords& verb : verbs) names.push_back(verb.word);
    return fmt::format("{}", fmt::join(names, " "));
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
    local first=2 options= valued= indexed= places= choices= names=
    COMPREPLY=()
)sh";

constexpr const char* bash_tail = R"sh(    if [[ -n $choices ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
        return
    fi
    local wanted=
    if [[ $indexed == *" $previous "* ]]; then
        wanted=INDEX
    elif [[ $valued == *" $previous "* ]]; then
        return
    elif [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
        return
    fi
    # The words before this one that are not options; readline has parted them at colons.
    local words=() word i glue=
    for ((i = first; i < COMP_CWORD; i++)); do
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
    case ${wanted:-${place[${#words[@]}]-}} in
        STORE | OTHER | TO | FILE)
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            ;;
        COLLECTION)
            names=$("${COMP_WORDS[0]}" collections "${words[0]/#\~\//$HOME/}" 2> /dev/null |
                sed -n 's/.*"name":"\([^"]*\)".*/\1/p')
            mapfile -t COMPREPLY < <(compgen -W "$names" -- "$current")
            ;;
        INDEX)
            [[ ${#words[@]} -ge 2 ]] || return
            names=$("${COMP_WORDS[0]}" index list "${words[0]/#\~\//$HOME/}" "${words[1]}" 2> /dev/null |
                sed -n 's/.*,"name":"\([^"]*\)".*/\1/p')
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
_sheaf_indexes() {
    local -a names
    names=(${(f)"$($sheaf_program index list ${(Q)words[2]} ${(Q)words[3]} 2> /dev/null |
        sed -n 's/.*,"name":"\([^"]*\)".*/\1/p')"})
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
    local verb=$words[1]
    case $verb in
)sh";

// The second word of a verb that belongs to a family.
constexpr const char* zsh_family = R"sh(            if (( CURRENT == 2 )); then
                _describe verb verbs
                return
            fi
            shift words
            (( CURRENT-- ))
            verb+=" $words[1]"
            ;;
)sh";

constexpr const char* zsh_verbs = R"sh(    esac
    case $verb in
)sh";

constexpr const char* zsh_tail = R"sh(    esac
}
if [[ $funcstack[1] == _sheaf ]]; then
    _sheaf "$@"
else
    compdef _sheaf sheaf
fi
)sh";

// What to do for a place or a value.
std::string zsh_action(const std::string& name) {
    if (name == "STORE" || name == "OTHER" || name == "TO" || name == "FILE") return "_files";
    if (name == "COLLECTION") return "_sheaf_collections";
    if (name == "INDEX") return "_sheaf_indexes";
    return name == "SHELL" ? "(bash zsh)" : " ";
}

void append_bash_verb(std::string& out, const VerbWords& verb) {
    std::vector<std::string> options;
    std::vector<std::string> valued;
    std::vector<std::string> indexed;
    std::string cases;
    for (const OptionWords& option : verb.options) {
        options.push_back(option.name);
        if (!option.value.empty()) valued.push_back(option.name);
        if (option.value == "INDEX") indexed.push_back(option.name);
        if (option.choices.empty()) continue;
        cases +=
            fmt::format("            [[ $previous == {} ]] && choices=\"{}\"\n", option.name, joined(option.choices));
    }
    out += fmt::format(
        "        \"{}\")\n            options=\"{}\"\n            valued=\" {} \"\n            indexed=\" {} \"\n"
        "            places=\"{}\"\n{}            ;;\n",
        verb.name, joined(options), joined(valued), joined(indexed), joined(verb.places), cases);
}

void append_zsh_names(std::string& out, const std::vector<VerbWords>& verbs, std::string_view margin) {
    out += fmt::format("{}verbs=(\n", margin);
    for (const VerbWords& verb : verbs) out += fmt::format("{}    '{}:{}'\n", margin, verb.word, zsh_text(verb.help));
    out += fmt::format("{})\n", margin);
}

void append_zsh_verb(std::string& out, const VerbWords& verb) {
    out += fmt::format("        \"{}\")\n            _arguments", verb.name);
    for (const OptionWords& option : verb.options) {
        out += fmt::format(" \\\n                '{}[{}]", option.name, zsh_text(option.help));
        if (!option.choices.empty()) {
            out += fmt::format(":{}:({})", zsh_text(option.value), joined(option.choices));
        } else if (!option.value.empty()) {
            out += fmt::format(":{}:{}", zsh_text(option.value), zsh_action(option.value));
        }
        out += "'";
    }
    for (std::size_t i = 0; i < verb.places.size(); ++i) {
        out += fmt::format(" \\\n                '{}:{}:{}'", i + 1, verb.places[i], zsh_action(verb.places[i]));
    }
    out += "\n            ;;\n";
}

// Of a family its members in its place.
std::vector<VerbWords> flat(const std::vector<VerbWords>& verbs) {
    std::vector<VerbWords> all;
    for (const VerbWords& verb : verbs) {
        if (verb.verbs.empty()) all.push_back(verb);
        all.insert(all.end(), verb.verbs.begin(), verb.verbs.end());
    }
    return all;
}

std::vector<VerbWords> families(std::vector<VerbWords> verbs) {
    std::erase_if(verbs, [](const VerbWords& verb) { return verb.verbs.empty(); });
    return verbs;
}

constexpr const char* bash_offer =
    "        mapfile -t COMPREPLY < <(compgen -W \"$names --help\" -- \"$current\")\n"
    "        return\n";

}  // namespace

std::string bash_completion(const CLI::App& app) {
    const std::vector<VerbWords> verbs = verbs_of(app);
    std::string out = bash_head;
    out += fmt::format("    if ((COMP_CWORD == 1)); then\n        names=\"{} --version\"\n{}    fi\n", names_of(verbs),
                       bash_offer);
    for (const VerbWords& family : families(verbs)) {
        out += fmt::format(
            "    if [[ $verb == {0} ]] && ((COMP_CWORD == 2)); then\n        names=\"{1}\"\n{2}    fi\n"
            "    [[ $verb == {0} ]] && verb+=\" ${{COMP_WORDS[2]}}\" first=3\n",
            family.name, names_of(family.verbs), bash_offer);
    }
    out += "    case $verb in\n";
    for (const VerbWords& verb : flat(verbs)) append_bash_verb(out, verb);
    out += "    esac\n";
    return out += bash_tail;
}

std::string zsh_completion(const CLI::App& app) {
    const std::vector<VerbWords> verbs = verbs_of(app);
    std::string out = zsh_head;
    append_zsh_names(out, verbs, "    ");
    out += zsh_middle;
    for (const VerbWords& family : families(verbs)) {
        out += fmt::format("        {})\n", family.name);
        append_zsh_names(out, family.verbs, "            ");
        out += zsh_family;
    }
    out += zsh_verbs;
    for (const VerbWords& verb : flat(verbs)) append_zsh_verb(out, verb);
    return out += zsh_tail;
}

}  // namespace sheaf::cli
