#include "engine/pushdown_forms.hpp"

#include <string_view>
#include <utility>

#include <sheaf/json.hpp>
#include <sheaf/view.hpp>

#include "query/lowered_path.hpp"

namespace sheaf::engine {

namespace {

constexpr std::size_t longest_text = 200;

std::string_view op_text(Predicate::Op op) {
    switch (op) {
        case Predicate::Op::eq:
            return " = ";
        case Predicate::Op::lt:
            return " < ";
        case Predicate::Op::lte:
            return " <= ";
        case Predicate::Op::gt:
            return " > ";
        case Predicate::Op::gte:
            return " >= ";
    }
    return "";
}

// Writes no more than is shown of it, or a little: a predicate may be large.
class Writer {
public:
    std::string text;

    void add(const Predicate& predicate, bool inside) {
        if (text.size() > longest_text) return;
        switch (predicate.kind) {
            case Predicate::Kind::always:
                text += "anything";
                return;
            case Predicate::Kind::never:
                text += "nothing";
                return;
            case Predicate::Kind::all:
                return add_parts(predicate, " and ", inside);
            case Predicate::Kind::any:
                return add_parts(predicate, " or ", inside);
            case Predicate::Kind::none:
                text += "not ";
                return add_parts(predicate, " or ", true);
            case Predicate::Kind::compare:
                add_path(predicate);
                text += op_text(predicate.op);
                text += to_json(View(predicate.value));
                return;
            case Predicate::Kind::exists:
                add_path(predicate);
                text += " exists";
                return;
        }
    }

private:
    void add_parts(const Predicate& predicate, std::string_view between, bool inside) {
        if (inside) text += '(';
        bool first = true;
        for (const Predicate& part : predicate.parts) {
            if (!first) text += between;
            first = false;
            add(part, true);
            if (text.size() > longest_text) return;
        }
        if (inside) text += ')';
    }

    void add_path(const Predicate& predicate) {
        for (const std::string& key : predicate.path) {
            if (&key != predicate.path.data()) text += '.';
            text += key;
        }
    }
};

}  // namespace

std::optional<std::vector<driver::SortTerm>> sort_terms(const query::Sort& sort) {
    std::vector<driver::SortTerm> terms;
    for (const query::Sort::Field& field : sort.fields()) {
        auto keys = query::lowered_path(field.path);
        if (!keys || field.system != query::SystemField::none) return std::nullopt;
        terms.push_back({.path = std::move(*keys), .descending = field.descending});
    }
    return terms;
}

std::string predicate_text(const Predicate& predicate) {
    Writer writer;
    writer.add(predicate, false);
    std::string& text = writer.text;
    if (text.size() <= longest_text) return text;
    std::size_t end = longest_text;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // whole characters
    return text.substr(0, end) + "...";
}

}  // namespace sheaf::engine
