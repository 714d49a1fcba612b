// Which of the system fields (_version, _created, _updated, _archived) are shown with a document.
#pragma once

#include <sheaf/results.hpp>

namespace sheaf::cli {

class SystemFields {
public:
    static SystemFields none() { return SystemFields(Mode::none, {}); }
    // All without a projection; those that it names with an inclusion; all but those with an exclusion.
    static SystemFields of_projection(const Document& projection);

    // The record's document followed by the fields that are shown; _archived only when it is true.
    Document apply(const Record& record) const;

private:
    enum class Mode { none, all, named, all_but_named };
    SystemFields(Mode mode, Document projection) : mode_(mode), projection_(std::move(projection)) {}
    bool shows(std::string_view name) const;
    Mode mode_;
    Document projection_;
};

}  // namespace sheaf::cli
