// Model: what sheaf promises, as simply as it can be said: lists of documents in insertion order, changed by hand.
//
// An operation is answered by one line of text, the same that play() makes of a store's answer; a failed one changes
// nothing. Threads: plain values; a copy is a snapshot.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/operation.hpp"

namespace sheaf::model {

struct ModelDocument {
    Object body;  // _id first
    std::int64_t version = 1;
    bool archived = false;
};

using ModelCollection = std::vector<ModelDocument>;

class Model {
public:
    std::string play(const Operation& operation);
    const std::map<std::string, ModelCollection>& collections() const { return collections_; }

private:
    std::string answer(const Operation& operation);
    std::string insert_all(const Operation& operation);
    std::string change_some(const Operation& operation);
    std::string upsert(const Operation& operation);
    std::string remove_some(const Operation& operation);
    std::string find_some(const Operation& operation);
    std::string change_tables(const Operation& operation);
    std::vector<ModelDocument*> selected(const Operation& operation, bool archived);
    void insert(const std::string& collection, Object body);

    std::map<std::string, ModelCollection> collections_;
};

// How a document is shown in answers and compared.
std::string show(const Object& body, std::int64_t version, bool archived);

}  // namespace sheaf::model
