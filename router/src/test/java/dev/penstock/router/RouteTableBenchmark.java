package dev.penstock.router;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Finding the version that answers, among few and many models. Each call asks for another model by a name that was
/// just read from the wire, so that its hash is not known yet.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
@OperationsPerInvocation(RouteTableBenchmark.CALLS)
public class RouteTableBenchmark {
    static final int CALLS = 64;
    private static final Signature NOTHING = new Signature(List.of(), List.of(), 0);

    @Param({"1", "100", "10000"})
    public int models;

    private RouteTable table = RouteTable.EMPTY;
    private final byte[][] names = new byte[CALLS][];

    @Setup
    public void fill() {
        List<ModelRoute> routes = new ArrayList<>();
        for (int i = 0; i < models; i++) {
            List<VersionHandle> ready = new ArrayList<>();
            for (int version = 1; version <= 3; version++) {
                ready.add(new Handle(new ModelKey("team/model-" + i, version)));
            }
            routes.add(new ModelRoute("team/model-" + i, ready, Set.of()));
        }
        table = RouteTable.of(routes);
        for (int i = 0; i < CALLS; i++) {
            names[i] = ("team/model-" + i * 7919 % models).getBytes(ISO_8859_1);
        }
    }

    @Benchmark
    public long newest() {
        return resolveAll("");
    }

    @Benchmark
    public long exactVersion() {
        return resolveAll("2");
    }

    private long resolveAll(String version) {
        long versions = 0;
        for (byte[] name : names) {
            versions +=
                    table.resolve(new String(name, ISO_8859_1), version).key().version();
        }
        return versions;
    }

    private record Handle(ModelKey key) implements VersionHandle {
        @Override
        public Signature signature() {
            return NOTHING;
        }

        @Override
        public VersionHandle.@Nullable Lease tryLease() {
            return null;
        }
    }
}
