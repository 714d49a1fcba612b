#include "crash/postgres/cutting_proxy.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace sheaf::crash {

namespace {

constexpr int wake_every = 20;  // milliseconds, to see a stop

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) throw std::runtime_error("too long for a socket: " + path);
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

bool is_readable(int socket) {
    pollfd waiting{socket, POLLIN, 0};
    return ::poll(&waiting, 1, wake_every) > 0;
}

// The number of bytes that are now in the buffer; 0 at the end.
std::size_t receive(int socket, std::array<char, 65536>& buffer) {
    const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

bool send_all(int socket, const char* data, std::size_t size) {
    while (size > 0) {
        const ssize_t sent = ::send(socket, data, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        data += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

}  // namespace

CuttingProxy::CuttingProxy(const PostgresServer& server)
    : server_socket_(server.folder() + "/.s.PGSQL.5432"), listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    const sockaddr_un address = address_of(dir_.path(".s.PGSQL.5432"));
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        ::listen(listener_, 16) != 0) {
        throw std::runtime_error("the proxy cannot listen");
    }
    acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

CuttingProxy::~CuttingProxy() {
    reopen();
    acceptor_ = {};
    connections_.clear();
    ::close(listener_);
}

std::string CuttingProxy::url() const {
    std::string folder = dir_.path("");
    folder.pop_back();
    return "postgres://sheaf@/postgres?host=" + folder;
}

void CuttingProxy::cut_next(Cut what, bool hold) {
    const std::scoped_lock lock(mutex_);
    was_cut_ = false;
    holds_ = hold;
    cut_ = what;
}

void CuttingProxy::wait_until_cut() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return was_cut_; });
}

void CuttingProxy::reopen() {
    const std::scoped_lock lock(mutex_);
    holds_ = false;
    changed_.notify_all();
}

void CuttingProxy::accept_all(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        if (!is_readable(listener_)) continue;
        const int client = ::accept(listener_, nullptr, nullptr);
        if (client < 0) continue;
        connections_.emplace_back([this, client](const std::stop_token& stopping) { serve(client, stopping); });
    }
}

void CuttingProxy::serve(int client, const std::stop_token& stop) {
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !(was_cut_ && holds_); });
    }
    const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = address_of(server_socket_);
    bool open = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    std::array<char, 65536> buffer{};
    while (open && !stop.stop_requested()) {
        std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
        if (::poll(ends.data(), ends.size(), wake_every) <= 0) continue;
        if (ends[0].revents != 0) open = pass_request(client, server);
        if (open && ends[1].revents != 0) {
            const std::size_t size = receive(server, buffer);
            open = size > 0 && send_all(client, buffer.data(), size);
        }
    }
    ::close(client);
    ::close(server);
}

// False when the connection is over.
bool CuttingProxy::pass_request(int client, int server) {
    std::array<char, 65536> buffer{};
    const std::size_t size = receive(client, buffer);
    if (size == 0) return false;
    const Cut cut = cut_.exchange(Cut::none);
    if (cut != Cut::request && !send_all(server, buffer.data(), size)) return false;
    if (cut == Cut::none) return true;
    if (cut == Cut::reply) is_readable(server);  // it has done what it was asked for, and will not be heard
    const std::scoped_lock lock(mutex_);
    was_cut_ = true;
    changed_.notify_all();
    return false;
}

}  // namespace sheaf::crash
