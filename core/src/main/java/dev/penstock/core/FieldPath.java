package dev.penstock.core;

import java.util.ArrayList;
import java.util.List;

/// Where something is in what somebody wrote, such as `routes[0].default`, seen from where it is looked at.
/// It may be missing there. Immutable.
///
/// @param steps from the outermost on
public record FieldPath(List<Step> steps) {
    /// What is looked at itself.
    public static final FieldPath HERE = new FieldPath(List.of());

    private static final int MAX_SHOWN = 160;

    /// One level deeper.
    public sealed interface Step {
        /// Of an object.
        record Field(String name) implements Step {}

        /// Of a list.
        ///
        /// @param index from 0 on
        record Element(int index) implements Step {}
    }

    public FieldPath {
        steps = List.copyOf(steps);
    }

    /// A field of what is looked at.
    public static FieldPath of(String name) {
        return HERE.field(name);
    }

    public FieldPath field(String name) {
        return with(List.of(new Step.Field(name)));
    }

    public FieldPath element(int index) {
        return with(List.of(new Step.Element(index)));
    }

    /// The same, seen from where `outer` is.
    public FieldPath in(FieldPath outer) {
        return outer.with(steps);
    }

    private FieldPath with(List<Step> more) {
        List<Step> all = new ArrayList<>(steps);
        all.addAll(more);
        return new FieldPath(all);
    }

    public boolean isHere() {
        return steps.isEmpty();
    }

    /// Whether it is that, or in it.
    public boolean isWithin(FieldPath other) {
        return steps.size() >= other.steps.size()
                && steps.subList(0, other.steps.size()).equals(other.steps);
    }

    /// As people write it: names short, and without control characters.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Step step : steps) {
            switch (step) {
                case Step.Field(String name) ->
                    text.append(text.isEmpty() ? "" : ".").append(shown(name));
                case Step.Element(int index) -> text.append('[').append(index).append(']');
            }
        }
        return text.toString();
    }

    private static String shown(String name) {
        StringBuilder text = new StringBuilder();
        name.codePoints().limit(MAX_SHOWN).forEach(each -> {
            boolean odd = Character.isISOControl(each) || Character.getType(each) == Character.SURROGATE;
            text.appendCodePoint(odd ? '?' : each);
        });
        return name.codePointCount(0, name.length()) > MAX_SHOWN ? text + "..." : text.toString();
    }
}
