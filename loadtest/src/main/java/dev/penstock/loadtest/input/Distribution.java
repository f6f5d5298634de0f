package dev.penstock.loadtest.input;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// How a size is drawn, such as the length of a sequence: always 1 at least. Written `128`, `uniform(8,128)`,
/// `normal(40,10)`, `lognormal(40,0.5)` or `16:3,64:1`.
public sealed interface Distribution {
    /// The greatest size that is ever drawn.
    long MAX = 1 << 24;

    record Fixed(long size) implements Distribution {
        public Fixed {
            check(size >= 1 && size <= MAX, size, "1 to " + MAX);
        }

        @Override
        public long draw(RandomGenerator random) {
            return size;
        }

        @Override
        public String toString() {
            return Long.toString(size);
        }
    }

    /// @param high may be drawn too
    record Uniform(long low, long high) implements Distribution {
        public Uniform {
            check(low >= 1 && low <= high && high <= MAX, low + "," + high, "uniform(LOW,HIGH), 1 <= LOW <= HIGH");
        }

        @Override
        public long draw(RandomGenerator random) {
            return random.nextLong(low, high + 1);
        }

        @Override
        public String toString() {
            return "uniform(" + low + "," + high + ")";
        }
    }

    record Normal(double mean, double deviation) implements Distribution {
        public Normal {
            check(
                    mean >= 1 && mean <= (double) MAX && deviation >= 0 && deviation <= (double) MAX,
                    mean + "," + deviation,
                    "normal(MEAN,DEVIATION), MEAN >= 1, DEVIATION >= 0");
        }

        @Override
        public long draw(RandomGenerator random) {
            return size(mean + deviation * random.nextGaussian());
        }

        @Override
        public String toString() {
            return "normal(" + mean + "," + deviation + ")";
        }
    }

    /// @param median half of the sizes are below it
    /// @param sigma of the logarithm
    record LogNormal(double median, double sigma) implements Distribution {
        public LogNormal {
            check(
                    median >= 1 && median <= (double) MAX && sigma >= 0 && sigma <= 10,
                    median + "," + sigma,
                    "lognormal(MEDIAN,SIGMA), MEDIAN >= 1, SIGMA 0 to 10");
        }

        @Override
        public long draw(RandomGenerator random) {
            return size(median * Math.exp(sigma * random.nextGaussian()));
        }

        @Override
        public String toString() {
            return "lognormal(" + median + "," + sigma + ")";
        }
    }

    /// One of some sizes, the more often the greater its weight.
    record Weighted(List<Choice> choices) implements Distribution {
        /// @param weight whatever the sum of all is
        public record Choice(long size, double weight) {
            public Choice {
                check(size >= 1 && size <= MAX, size, "1 to " + MAX);
                check(weight > 0 && Double.isFinite(weight), weight, "a weight above 0");
            }
        }

        public Weighted {
            choices = List.copyOf(choices);
            check(!choices.isEmpty(), "nothing", "SIZE:WEIGHT,SIZE:WEIGHT");
        }

        @Override
        public long draw(RandomGenerator random) {
            double left = random.nextDouble()
                    * choices.stream().mapToDouble(Choice::weight).sum();
            for (Choice choice : choices) {
                left -= choice.weight();
                if (left < 0) {
                    return choice.size();
                }
            }
            return choices.getLast().size();
        }

        @Override
        public String toString() {
            return choices.stream()
                    .map(choice -> choice.size() + ":" + choice.weight())
                    .collect(Collectors.joining(","));
        }
    }

    long draw(RandomGenerator random);

    /// @throws InputError if it is none of the forms
    static Distribution parse(String text) {
        String form = text.strip().toLowerCase(Locale.ROOT);
        try {
            int open = form.indexOf('(');
            if (open < 0) {
                return form.contains(":") ? weighted(form) : new Fixed(Long.parseLong(form));
            }
            String inside = form.substring(open + 1, form.endsWith(")") ? form.length() - 1 : open + 1);
            String[] numbers = inside.split(",", -1);
            if (numbers.length == 2) {
                String first = numbers[0].strip();
                String second = numbers[1].strip();
                switch (form.substring(0, open)) {
                    case "uniform" -> {
                        return new Uniform(Long.parseLong(first), Long.parseLong(second));
                    }
                    case "normal" -> {
                        return new Normal(Double.parseDouble(first), Double.parseDouble(second));
                    }
                    case "lognormal" -> {
                        return new LogNormal(Double.parseDouble(first), Double.parseDouble(second));
                    }
                    default -> {}
                }
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new InputError(
                "size: '" + text + "' (expected: 128, uniform(8,128), normal(40,10), lognormal(40,0.5) or 16:3,64:1)");
    }

    private static Distribution weighted(String form) {
        return new Weighted(List.of(form.split(",", -1)).stream()
                .map(choice -> {
                    String[] parts = choice.split(":", -1);
                    return new Weighted.Choice(
                            Long.parseLong(parts[0].strip()),
                            parts.length == 2 ? Double.parseDouble(parts[1].strip()) : Double.NaN);
                })
                .toList());
    }

    private static long size(double value) {
        return Math.clamp(Math.round(value), 1, MAX);
    }

    private static void check(boolean right, Object value, String expected) {
        if (!right) {
            throw new InputError("size: " + value + " (expected: " + expected + ")");
        }
    }
}
