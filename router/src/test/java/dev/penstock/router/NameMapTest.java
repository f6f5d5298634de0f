package dev.penstock.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NameMapTest {
    @Test
    void itIsAMapWhateverIsEdited() {
        Random random = new Random(7);
        Map<String, Integer> expected = new HashMap<>();
        NameMap<Integer> map = NameMap.empty();
        for (int i = 0; i < 20_000; i++) {
            String name = "model-" + random.nextInt(2_000);
            if (random.nextInt(3) == 0) {
                map = map.without(name);
                expected.remove(name);
            } else {
                map = map.with(name, i);
                expected.put(name, i);
            }
            assertThat(map.get(name)).isEqualTo(expected.get(name));
            assertThat(map.size()).isEqualTo(expected.size());
        }
        assertThat(map.sorted()).isEqualTo(expected).hasSizeGreaterThan(1_000);
        assertThat(map.values()).containsExactlyInAnyOrderElementsOf(expected.values());
        for (int i = 0; i < 3_000; i++) {
            assertThat(map.contains("model-" + i)).isEqualTo(expected.containsKey("model-" + i));
        }
    }

    @Test
    void anEditLeavesWhatWasThere() {
        NameMap<String> one = NameMap.<String>empty().with("a", "1");
        NameMap<String> two = one.with("a", "2").with("b", "3");
        NameMap<String> none = one.without("a");

        assertThat(one.get("a")).isEqualTo("1");
        assertThat(one.get("b")).isNull();
        assertThat(two.sorted()).isEqualTo(Map.of("a", "2", "b", "3"));
        assertThat(none.isEmpty()).isTrue();
        assertThat(one.size()).isOne();
        assertThat(one.without("b")).isSameAs(one);
    }
}
