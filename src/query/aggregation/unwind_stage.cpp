// $unwind: a document for each element of an array.
#include <span>
#include <string>

#include <sheaf/error.hpp>

#include "document/encoder.hpp"
#include "query/aggregation/stage.hpp"
#include "query/expression/expression.hpp"
#include "query/operand.hpp"
#include "query/projection/transform.hpp"

namespace sheaf::query {

namespace {

constexpr std::string_view op = "$unwind";

using Names = std::span<const std::string>;

// Through objects alone.
View find(View value, Names path) {
    for (const std::string& name : path) value = value[name];
    return value;
}

// A copy of the object with another value at the path, or none. What is in the way becomes an object.
void write_with(View object, Names path, View value, Bytes& out) {
    const bool is_last = path.size() == 1;
    const std::size_t begin = out.size();
    std::uint64_t count = 0;
    const auto write_member = [&](View before) {
        if (is_last && !value) return;
        Encoder(out).key(path.front());
        if (is_last) {
            out.append(value.encoded());
        } else {
            write_with(before, path.subspan(1), value, out);
        }
        ++count;
    };
    bool found = false;
    if (object && object.is_object()) {
        for (const auto& [key, before] : object.members()) {
            if (key == path.front()) {
                found = true;
                write_member(before);
                continue;
            }
            Encoder(out).key(key);
            out.append(before.encoded());
            ++count;
        }
    }
    if (!found && value) write_member(View());
    Bytes head;
    Encoder(head).begin_object(count);
    out.insert(begin, head);
}

struct UnwindStage final : public Stage {
    StreamPtr open(StreamPtr source, Workspace& workspace) const override;

    std::vector<std::string> path;
    std::vector<std::string> index;  // where the index goes; empty: nowhere
    bool preserve = false;
};

class UnwindStream final : public Stream {
public:
    UnwindStream(StreamPtr source, const UnwindStage& stage, Workspace& workspace)
        : source_(std::move(source)),
          stage_(stage),
          workspace_(workspace),
          frame_(workspace),
          replaced_(workspace),
          indexed_(workspace) {}

    bool next(View& document) override {
        for (;;) {
            workspace_.check();
            if (element_ != nullptr) {
                const View element = *element_;
                ++element_;
                document = indexed(framed(element), position_++);
                return true;
            }
            if (!source_->next(document_)) return false;
            const View value = find(document_, stage_.path);
            if (value && value.is_array() && value.size() > 0) {
                element_ = value.elements().begin();
                position_ = 0;
                frame();
                continue;
            }
            const bool is_empty = !value || value.is_null() || value.is_array();
            if (is_empty && !stage_.preserve) continue;
            if (value && value.is_array()) write_with(document_, stage_.path, View(), replaced_.begin());
            document = indexed(value && value.is_array() ? replaced_.written() : document_, std::nullopt);
            return true;
        }
    }

private:
    using Position = std::optional<std::int64_t>;

    // Once per source document: what stands before and after each element.
    void frame() {
        constexpr std::size_t null_size = 1;
        write_with(document_, stage_.path, null_value(), frame_.begin());
        const View framed = frame_.written();
        const BytesView all = framed.encoded();
        before_ = all.substr(0, static_cast<std::size_t>(find(framed, stage_.path).data() - all.data()));
        after_ = all.substr(before_.size() + null_size);
    }

    View framed(View element) {
        replaced_.begin().append(before_).append(element.encoded()).append(after_);
        return replaced_.written();
    }

    View indexed(View document, Position position) {
        if (stage_.index.empty()) return document;
        Bytes value;
        if (position) {
            Encoder(value).integer(Integer{*position, true});
        } else {
            Encoder(value).null();
        }
        write_with(document, stage_.index, View(value), indexed_.begin());
        const View result = indexed_.written();
        if (stage_.index.size() > 1) check_depth(result, workspace_.limits());
        workspace_.check_between(result);
        return result;
    }

    StreamPtr source_;
    const UnwindStage& stage_;
    Workspace& workspace_;
    View document_;
    ElementRange::iterator element_;  // at its end: the next document is to be read
    std::int64_t position_ = 0;
    Buffer frame_;  // the document with null in the place of the array, parts of which are the next two
    BytesView before_;
    BytesView after_;
    Buffer replaced_;
    Buffer indexed_;
};

StreamPtr UnwindStage::open(StreamPtr source, Workspace& workspace) const {
    return std::make_unique<UnwindStream>(std::move(source), *this, workspace);
}

[[noreturn]] void refuse(int mongo, const std::string& message) {
    fail(Code::invalid_argument, mongo, message, {}, op);
}

std::vector<std::string> parse_index(View value, const Limits& limits) {
    if (value.type() != Type::string || value.string().empty()) {
        refuse(28810, "includeArrayIndex of $unwind is the name of a field, not " + describe(value));
    }
    if (is_operator(value.string())) refuse(28822, "includeArrayIndex of $unwind does not begin with $");
    return parse_field_path(value.string(), limits);
}

std::vector<std::string> parse_unwound(View value, const Limits& limits) {
    if (value.type() != Type::string) {
        refuse(28808, "the path of $unwind is a string such as \"$a\", not " + describe(value));
    }
    const std::string_view path = value.string();
    if (path.empty()) refuse(28812, "$unwind lacks a path");
    if (!is_operator(path)) refuse(28818, "the path of $unwind begins with $, as in \"$a\": " + describe(value));
    if (path.find('\0') != std::string_view::npos) refuse(16419, "the path of $unwind has a null byte");
    return parse_field_path(path.substr(1), limits);
}

}  // namespace

StagePtr parse_unwind(View spec, const Settings& settings) {
    auto stage = std::make_unique<UnwindStage>();
    View path;
    if (spec.type() == Type::string) {
        path = spec;
    } else if (spec.is_object()) {
        for (const auto& [key, value] : spec.members()) {
            if (key == "path") {
                path = value;
            } else if (key == "preserveNullAndEmptyArrays") {
                if (value.type() != Type::boolean) refuse(28809, std::string(key) + " of $unwind is true or false");
                stage->preserve = value.boolean();
            } else if (key == "includeArrayIndex") {
                stage->index = parse_index(value, settings.limits);
            } else {
                refuse(28811, "$unwind has no option " + std::string(key));
            }
        }
        if (!path) refuse(28812, "$unwind lacks a path");
    } else {
        refuse(15981, "$unwind takes a path or an object, not " + describe(spec));
    }
    stage->path = parse_unwound(path, settings.limits);
    return stage;
}

}  // namespace sheaf::query
