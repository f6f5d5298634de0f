package dev.penstock.server.registry;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.store.VersionRecord;

/// Has uploads, which no source has, where the other servers of the record find them. Thread-safe; blocks;
/// throws [dev.penstock.server.source.FetchException] and [dev.penstock.server.store.StoreException].
public interface UploadSharing extends AutoCloseable {
    /// There are no other servers.
    UploadSharing NONE = new UploadSharing() {
        @Override
        public void share(VersionRecord version) {
            // Nobody would fetch it.
        }

        @Override
        public boolean fetch(VersionRecord version) {
            return false;
        }

        @Override
        public void sweep() {
            // There is nothing.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    /// Of a server whose files are encrypted: the database would have them in plain.
    UploadSharing SEALED = new UploadSharing() {
        @Override
        public void share(VersionRecord version) {
            throw new FetchException(
                    FetchException.Reason.REFUSED,
                    "uploads are shared with the other servers in plain, and this one encrypts its files (expected: a URI that all can fetch from, or no files.key-file)");
        }

        @Override
        public boolean fetch(VersionRecord version) {
            return false;
        }

        @Override
        public void sweep() {
            // There is nothing of ours.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    /// Gives a version's files, which are here, to the others; durable when it returns.
    void share(VersionRecord version);

    /// Has a version's files here, if they were shared.
    ///
    /// @return whether all were
    boolean fetch(VersionRecord version);

    /// Drops what no version has any more.
    void sweep();

    @Override
    void close();
}
