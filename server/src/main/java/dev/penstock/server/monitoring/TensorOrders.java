package dev.penstock.server.monitoring;

import dev.penstock.monitor.recording.FeatureOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a configuration wants of a model's inputs or outputs, as a text: `*`, or items such as `features[0]
/// as amount pinned`, `features[1-40] numeric`, `country categorical`, `emb embedding`, with commas between
/// them.
///
/// @param orders of the tensors that are named
/// @param others whether the others are wanted as they look
/// @param none whether nothing at all is wanted
/// @param pinned names of features, without what comes after the name of a tensor with several
record TensorOrders(List<FeatureOrder> orders, boolean others, boolean none, Set<String> pinned) {
    private static final Pattern ITEM = Pattern.compile("([^\\s\\[\\],]+)(?:\\[(\\d{1,6})(?:-(\\d{1,6}))?])?(\\s.*)?");
    private static final Map<String, FeatureOrder.Kind> KINDS = Map.of(
            "numeric", FeatureOrder.Kind.NUMERIC,
            "categorical", FeatureOrder.Kind.CATEGORICAL,
            "scores", FeatureOrder.Kind.SCORE,
            "embedding", FeatureOrder.Kind.EMBEDDING,
            "off", FeatureOrder.Kind.NONE);

    TensorOrders {
        orders = List.copyOf(orders);
        pinned = Set.copyOf(pinned);
    }

    /// @param prefix of the features' names
    /// @throws IllegalArgumentException with what was expected
    static TensorOrders parse(String text, String prefix) {
        List<FeatureOrder> orders = new ArrayList<>();
        Set<String> pinned = new HashSet<>();
        boolean others = false;
        if (text.strip().equals("none")) {
            return new TensorOrders(List.of(), false, true, Set.of());
        }
        for (String item : text.split(",", -1)) {
            if (item.strip().equals("*")) {
                others = true;
            } else {
                FeatureOrder order = item(item.strip(), pinned, prefix);
                orders.add(order);
            }
        }
        return new TensorOrders(orders, others, false, pinned);
    }

    private static FeatureOrder item(String item, Set<String> pinned, String prefix) {
        Matcher matcher = ITEM.matcher(item);
        if (!matcher.matches()) {
            throw wrong(item);
        }
        String first = matcher.group(2);
        String last = matcher.group(3);
        int from = first == null ? 0 : Integer.parseInt(first);
        int to = FeatureOrder.LAST;
        if (first != null) {
            to = last == null ? from : Integer.parseInt(last);
        }
        FeatureOrder.Kind kind = FeatureOrder.Kind.AUTO;
        String name = "";
        boolean pin = false;
        boolean each = false;
        String rest = matcher.group(4) == null ? "" : matcher.group(4).strip();
        String[] words = rest.isEmpty() ? new String[0] : rest.split("\\s+", -1);
        for (int i = 0; i < words.length; i++) {
            String word = words[i].toLowerCase(Locale.ROOT);
            FeatureOrder.Kind named = KINDS.get(word);
            if (named != null) {
                kind = named;
            } else if (word.equals("pinned")) {
                pin = true;
            } else if (word.equals("each")) {
                each = true;
            } else if (word.equals("as") && i + 1 < words.length) {
                i++;
                name = words[i];
            } else {
                throw wrong(item);
            }
        }
        boolean eachOfWhat = each && kind != FeatureOrder.Kind.SCORE;
        if (eachOfWhat || (to != FeatureOrder.LAST && to < from)) {
            throw wrong(item);
        }
        if (pin) {
            pinned.add(prefix + pinnedName(matcher.group(1), first, last, name));
        }
        return new FeatureOrder(matcher.group(1), kind, from, to, name, each);
    }

    /// As plans name it; of several columns only what is before their numbers.
    private static String pinnedName(String tensor, String first, String last, String name) {
        if (!name.isEmpty()) {
            return name;
        }
        return first != null && last == null ? tensor + "[" + first + "]" : tensor;
    }

    private static IllegalArgumentException wrong(String item) {
        return new IllegalArgumentException(
                "none, *, or TENSOR, TENSOR[COLUMN] or TENSOR[FIRST-LAST], each with numeric, categorical, scores"
                        + " (or scores each), embedding or off, 'as NAME' and pinned as wanted, separated by commas;"
                        + " not '" + item + "'");
    }
}
