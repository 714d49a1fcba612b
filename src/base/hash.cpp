#include "base/hash.hpp"

#include <openssl/evp.h>

#include <sheaf/error.hpp>

namespace sheaf {

namespace {

void require(int done) {
    if (done != 1) throw Error(Code::internal, "SHA-256 is not available");
}

}  // namespace

Sha256 sha256(BytesView bytes) {
    Sha256 hash{};
    require(EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, EVP_sha256(), nullptr));
    return hash;
}

void Sha256Stream::Free::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
    require(context_ != nullptr ? EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) : 0);
}

void Sha256Stream::add(BytesView bytes) {
    require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Sha256 Sha256Stream::finish() {
    Sha256 hash{};
    require(EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr));
    require(EVP_DigestInit_ex(context_.get(), nullptr, nullptr));
    return hash;
}

}  // namespace sheaf
