package dev.penstock.server;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.server.registry.RecordParts;
import dev.penstock.server.registry.UploadSharing;
import dev.penstock.server.registry.VersionGates;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.source.Sources;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.AuditEntry;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The parts of registered models, each of which says what it is about to do, and what it has done. What only
/// reads says nothing.
final class AnnouncedParts {
    private AnnouncedParts() {}

    /// @param say told before and after each deed, by the thread that does it
    static RecordParts of(RecordParts real, Consumer<String> say) {
        Sources sources = (uri, sha256, progress) -> {
            say.accept("fetch");
            var fetched = real.sources().fetch(uri, sha256, progress);
            say.accept("fetched");
            return fetched;
        };
        VersionGates gates = (candidate, before) -> {
            say.accept("judge");
            var said = real.gates().check(candidate, before);
            say.accept("judged");
            return said;
        };
        return new RecordParts(
                () -> new Store(real.store().get(), say),
                new Files(real.files(), say),
                sources,
                real.sharing() == UploadSharing.NONE ? UploadSharing.NONE : new Sharing(real.sharing(), say),
                gates,
                real.trust(),
                real.time(),
                real.retry());
    }

    private record Store(ModelStore real, Consumer<String> say) implements ModelStore {
        @Override
        public ModelRecord put(ModelRecord next, Act act) {
            say.accept("record " + act.action());
            ModelRecord done = real.put(next, act);
            say.accept("recorded " + act.action());
            return done;
        }

        @Override
        public void delete(String name, long revision, Act act) {
            say.accept("record " + act.action());
            real.delete(name, revision, act);
            say.accept("recorded " + act.action());
        }

        @Override
        public List<ModelRecord> models() {
            return real.models();
        }

        @Override
        public Optional<ModelRecord> model(String name) {
            return real.model(name);
        }

        @Override
        public long lastNumber(String model) {
            return real.lastNumber(model);
        }

        @Override
        public List<AuditEntry> audit(String model, long before, int limit) {
            return real.audit(model, before, limit);
        }

        @Override
        public void onChange(Runnable listener) {
            real.onChange(listener);
        }

        @Override
        public void backUp(Path file) {
            real.backUp(file);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private record Files(ModelFiles real, Consumer<String> say) implements ModelFiles {
        @Override
        public StoredFile keep(String path, InputStream content, String sha256, long maxBytes) {
            say.accept("receive");
            StoredFile kept = real.keep(path, new InTwoParts(content, say), sha256, maxBytes);
            say.accept("kept");
            return kept;
        }

        @Override
        public boolean has(List<StoredFile> files) {
            return real.has(files);
        }

        @Override
        @MustBeClosed
        public Folder folder(List<StoredFile> files) {
            say.accept("open");
            return real.folder(files);
        }

        @Override
        public void sweep(Set<String> recorded, Set<String> irreplaceable) {
            say.accept("sweep");
            real.sweep(recorded, irreplaceable);
            say.accept("swept");
        }
    }

    private record Sharing(UploadSharing real, Consumer<String> say) implements UploadSharing {
        @Override
        public void share(VersionRecord version) {
            say.accept("share");
            real.share(version);
            say.accept("shared");
        }

        @Override
        public boolean fetch(VersionRecord version) {
            return real.fetch(version);
        }

        @Override
        public void sweep() {
            real.sweep();
        }

        @Override
        public void close() {
            real.close();
        }
    }

    /// Says when its beginning has been taken, and when all has. What it gave last is on the disk then, but
    /// perhaps not synced.
    private static final class InTwoParts extends FilterInputStream {
        private static final int BEGINNING = 100;

        private final Consumer<String> say;
        private int reads;

        InTwoParts(InputStream content, Consumer<String> say) {
            super(content);
            this.say = say;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            reads++;
            if (reads == 2) {
                say.accept("begun");
            }
            int count = super.read(target, offset, reads == 1 ? Math.min(length, BEGINNING) : length);
            if (count < 0) {
                say.accept("all read");
            }
            return count;
        }
    }
}
