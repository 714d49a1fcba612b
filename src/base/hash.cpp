#include "base/hash.hpp"

#include <openssl/evp.h>

#include <sheaf/error.hpp>

namespace sheaf {

Sha256 sha256(BytesView bytes) {
    Sha256 hash{};
    if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw Error(Code::internal, "SHA-256 is not available");
    }
    return hash;
}

}  // namespace sheaf
