package dev.penstock.core;

/// What a model runs on.
///
/// @param ordinal which one of its kind, from 0; always 0 for the CPU
public record Device(Kind kind, int ordinal) {
    public static final Device CPU = new Device(Kind.CPU, 0);

    public enum Kind {
        CPU,
        CUDA
    }

    public Device {
        Check.argument(ordinal >= 0, "device ordinal: %d (expected: >= 0)", ordinal);
        Check.argument(kind != Kind.CPU || ordinal == 0, "cpu:%d (expected: cpu)", ordinal);
    }

    /// Reads `cpu`, `cuda` or `cuda:N`.
    public static Device parse(String text) {
        if (text.equals("cpu")) {
            return CPU;
        }
        if (text.equals("cuda")) {
            return new Device(Kind.CUDA, 0);
        }
        Check.argument(text.matches("cuda:\\d{1,3}"), "device: %s (expected: cpu, cuda or cuda:N)", text);
        return new Device(Kind.CUDA, Integer.parseInt(text.substring("cuda:".length())));
    }

    @Override
    public String toString() {
        return switch (kind) {
            case CPU -> "cpu";
            case CUDA -> ordinal == 0 ? "cuda" : "cuda:" + ordinal;
        };
    }
}
