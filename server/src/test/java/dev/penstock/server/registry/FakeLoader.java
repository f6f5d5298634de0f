package dev.penstock.server.registry;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelContent;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Reads a model file as text: `input NAME TYPE DIMS` and `output NAME TYPE DIMS` a line, with `optional`
/// behind an input that may be left out; `corrupt REASON` does not load, `crash` throws what no loader
/// should.
final class FakeLoader implements ModelLoader {
    final List<FakeModel> loaded = new CopyOnWriteArrayList<>();
    final List<Order> orders = new CopyOnWriteArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Map<ModelKey, Gate> gates = new ConcurrentHashMap<>();

    /// A load that waits for the test.
    record Gate(CountDownLatch reached, CountDownLatch open) {
        /// Waits until the load has begun.
        void awaitReached() {
            try {
                reached.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// Makes the load of that version wait until the gate is opened.
    Gate gate(ModelKey key) {
        Gate gate = new Gate(new CountDownLatch(1), new CountDownLatch(1));
        gates.put(key, gate);
        return gate;
    }

    /// Has the next load fail with it.
    void failOnce(Throwable failure) {
        failures.add(failure);
    }

    @Override
    public FakeModel load(Order order, Runnable warming) {
        FakeModel model = load(order);
        warming.run();
        return model;
    }

    @Override
    public FakeModel load(Order order) {
        orders.add(order);
        failOnce();
        pass(gates.remove(order.key()));
        FakeModel model = new FakeModel(order.key(), read(order));
        loaded.add(model);
        return model;
    }

    private void failOnce() {
        switch (failures.poll()) {
            case RuntimeException failure -> throw failure;
            case Error failure -> throw failure;
            case null, default -> {}
        }
    }

    /// The last load of that version.
    FakeModel model(String name, long version) {
        ModelKey key = new ModelKey(name, version);
        return loaded.reversed().stream()
                .filter(model -> model.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    List<String> loadedKeys() {
        return loaded.stream().map(model -> model.key().toString()).toList();
    }

    private static void pass(@Nullable Gate gate) {
        if (gate == null) {
            return;
        }
        gate.reached().countDown();
        try {
            gate.open().await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> lines(ModelContent content) throws IOException {
        return switch (content) {
            case ModelContent.InFile(Path file) -> Files.readAllLines(file);
            case ModelContent.InMemory memory -> {
                try (Arena arena = Arena.ofConfined()) {
                    byte[] bytes = memory.reader().read(memory.name(), arena).toArray(ValueLayout.JAVA_BYTE);
                    yield new String(bytes, StandardCharsets.UTF_8).lines().toList();
                }
            }
        };
    }

    private static Signature read(Order order) {
        List<TensorSpec> inputs = new ArrayList<>();
        List<TensorSpec> outputs = new ArrayList<>();
        try {
            for (String line : lines(order.content())) {
                String[] words = line.split(" ", 2);
                switch (words[0]) {
                    case "input" -> inputs.add(spec(words[1]));
                    case "output" -> outputs.add(spec(words[1]));
                    case "crash" -> throw new IllegalStateException("crashed on " + order.key());
                    case "corrupt" -> throw new ModelLoadException(words[1]);
                    default -> throw new ModelLoadException("no model: " + line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Signature(inputs, outputs, 0);
    }

    /// `NAME TYPE DIMS [optional]`, where a dimension is a number or a name.
    static TensorSpec spec(String text) {
        List<String> words = Arrays.asList(text.split(" "));
        List<String> dims = words.get(2).equals("-")
                ? List.of()
                : Arrays.asList(words.get(2).split(","));
        List<String> names = new ArrayList<>(Collections.nCopies(dims.size(), ""));
        long[] sizes = new long[dims.size()];
        for (int i = 0; i < sizes.length; i++) {
            boolean named = Character.isLetter(dims.get(i).charAt(0));
            sizes[i] = named ? -1 : Long.parseLong(dims.get(i));
            names.set(i, named ? dims.get(i) : "");
        }
        DataType type = Objects.requireNonNull(DataType.byName(words.get(1)), text);
        return new TensorSpec(words.get(0), type, Shape.of(sizes), names, words.contains("optional"));
    }
}
