package dev.penstock.server;

import dev.penstock.server.registry.RecordParts;
import dev.penstock.server.registry.UploadSharing;
import dev.penstock.server.registry.VersionGates;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.source.Sources;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.ModelStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/// The parts of registered models, each of which says what it is about to do, and what it has done. What only
/// reads says nothing.
final class AnnouncedParts {
    /// What is said before a method, and after it.
    private record Words(String before, Optional<String> after) {
        Words(String before, String after) {
            this(before, Optional.of(after));
        }
    }

    private static final Words RECORD = new Words("record", "recorded");
    private static final Map<String, Words> STORE = Map.of("put", RECORD, "delete", RECORD);
    private static final Map<String, Words> FILES = Map.of(
            "keep", new Words("receive", "kept"),
            "folder", new Words("open", Optional.empty()),
            "sweep", new Words("sweep", "swept"));
    private static final Map<String, Words> SOURCES = Map.of("fetch", new Words("fetch", "fetched"));
    private static final Map<String, Words> SHARING = Map.of("share", new Words("share", "shared"));
    private static final Map<String, Words> GATES = Map.of("check", new Words("judge", "judged"));

    private final Consumer<String> say;

    private AnnouncedParts(Consumer<String> say) {
        this.say = say;
    }

    /// @param say told before and after each deed, by the thread that does it
    static RecordParts of(RecordParts real, Consumer<String> say) {
        AnnouncedParts parts = new AnnouncedParts(say);
        return new RecordParts(
                () -> parts.around(ModelStore.class, real.store().get(), STORE),
                parts.around(ModelFiles.class, real.files(), FILES),
                parts.around(Sources.class, real.sources(), SOURCES),
                real.sharing().equals(UploadSharing.NONE)
                        ? UploadSharing.NONE
                        : parts.around(UploadSharing.class, real.sharing(), SHARING),
                parts.around(VersionGates.class, real.gates(), GATES),
                real.trust(),
                real.time(),
                real.replica(),
                real.retry());
    }

    /// @param said for methods by their names
    private <T> T around(Class<T> port, T real, Map<String, Words> said) {
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (self, method, given) -> {
            Object[] arguments = given == null ? new Object[0] : given;
            Words words = said.get(method.getName());
            String what = "";
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] instanceof InputStream content) {
                    arguments[i] = new InTwoParts(content);
                } else if (arguments[i] instanceof Act act) {
                    what = " " + act.action();
                }
            }
            if (words != null) {
                say.accept(words.before() + what);
            }
            Object result;
            try {
                result = method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw Objects.requireNonNull(e.getCause());
            }
            if (words != null && words.after().isPresent()) {
                say.accept(words.after().get() + what);
            }
            return result;
        }));
    }

    /// Says when its beginning has been taken, and when all has. What it gave last is on the disk then, but
    /// perhaps not synced.
    private final class InTwoParts extends FilterInputStream {
        private static final int BEGINNING = 100;

        private int reads;

        InTwoParts(InputStream content) {
            super(content);
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
