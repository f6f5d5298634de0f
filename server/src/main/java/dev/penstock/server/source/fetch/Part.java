package dev.penstock.server.source.fetch;

import java.io.IOException;

/// What an earlier try left of something, and where this one leaves its bytes. Confined to the thread
/// that fetches.
interface Part extends AutoCloseable {
    /// Remembers nothing.
    Part NONE = new Part() {
        @Override
        public String validator() {
            return "";
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public int read(long from, byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("nothing was left by an earlier try");
        }

        @Override
        public void begin(String validator) {}

        @Override
        public void append(byte[] bytes, int offset, int length) {}

        @Override
        public void drop() {}

        @Override
        public void close() {}
    };

    /// Which version the bytes belong to, or "" if there are none.
    String validator();

    long bytes();

    /// @return at least 1
    int read(long from, byte[] bytes, int offset, int length) throws IOException;

    /// Forgets what is there; what is appended from now on belongs to this version.
    ///
    /// @param validator "" if it could not be told later: nothing is left then
    void begin(String validator);

    void append(byte[] bytes, int offset, int length);

    /// Leaves nothing.
    void drop();

    @Override
    void close();
}
