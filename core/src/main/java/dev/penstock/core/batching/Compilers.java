package dev.penstock.core.batching;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntUnaryOperator;

/// Puts the JVM's compilers behind the threads that answer requests.
///
/// A model that is loaded while others are served runs code that nobody ran for long. Where every core is
/// taken, compiling that with an event loop's right to a core kept callers waiting for milliseconds, while
/// the thread that loads stood behind everybody. A compiler starts its helpers itself, so they are as nice as
/// it is.
///
/// There is no way back: a process without special rights cannot make a thread less nice. So this is for when
/// the server has started, and its own code is compiled.
final class Compilers {
    private static final System.Logger LOG = System.getLogger(Compilers.class.getName());
    private static final Path THREADS = Path.of("/proc/self/task");

    private final Path threads;
    private final IntUnaryOperator giveWay;
    private final AtomicBoolean behind = new AtomicBoolean();

    Compilers() {
        this(THREADS, Niceness::compilerGivesWay);
    }

    /// @param threads a folder for each thread of the process, named by its id, with its name in `comm`
    /// @param giveWay makes the thread of that id nicer, and says what the kernel says
    Compilers(Path threads, IntUnaryOperator giveWay) {
        this.threads = threads;
        this.giveWay = giveWay;
    }

    /// Does it once; does nothing where threads are no folders, that is everywhere but on Linux. Any thread.
    void giveWay() {
        if (!Files.isDirectory(threads) || !behind.compareAndSet(false, true)) {
            return;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(threads)) {
            for (Path folder : folders) {
                if (isCompiler(folder)) {
                    int thread = Integer.parseInt(folder.getFileName().toString());
                    LOG.log(System.Logger.Level.DEBUG, "compiler {0}: {1}", thread, giveWay.applyAsInt(thread));
                }
            }
        } catch (IOException | RuntimeException e) { // Everything works without it as well.
            LOG.log(System.Logger.Level.DEBUG, "compilers are as nice as others", e);
        }
    }

    // HotSpot's names, cut off at 15 bytes by the kernel: "C2 CompilerThread0".
    private static boolean isCompiler(Path folder) {
        try {
            String name = Files.readString(folder.resolve("comm"));
            return name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler");
        } catch (IOException e) {
            return false; // It has ended.
        }
    }
}
