package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CategoriesTest {
    @Test
    void eachCategoryHasItsSlotAndOthersAreOtherOrUnseen() {
        Categories categories = Categories.of(
                List.of(Category.of("de"), Category.of("fr")), List.of(Category.of("li"), Category.of("mc")));

        assertThat(slot(categories, "de")).isEqualTo(Feature.Categorical.FIRST);
        assertThat(slot(categories, "fr")).isEqualTo(Feature.Categorical.FIRST + 1);
        assertThat(slot(categories, "mc")).isEqualTo(Feature.Categorical.OTHER);
        assertThat(slot(categories, "xx")).isEqualTo(Feature.Categorical.UNSEEN);
        assertThat(categories.slot(Category.of("de").key(), 3)).isEqualTo(Feature.Categorical.UNSEEN);
    }

    private static int slot(Categories categories, String text) {
        Category category = Category.of(text);
        return categories.slot(category.key(), category.length());
    }

    @Test
    void manyNumbersAreToldApart() {
        List<Category> kept = new ArrayList<>();
        List<Category> beyond = new ArrayList<>();
        for (int i = 0; i < Categories.MOST_KNOWN; i++) {
            (i < Categories.MOST ? kept : beyond).add(Category.of(i * 0x1_0000_0000L - 7));
        }

        Categories categories = Categories.of(kept, beyond);

        for (int i = 0; i < 2 * Categories.MOST_KNOWN; i++) {
            int expected = i < Categories.MOST
                    ? Feature.Categorical.FIRST + i
                    : i < Categories.MOST_KNOWN ? Feature.Categorical.OTHER : Feature.Categorical.UNSEEN;
            assertThat(categories.slot(i * 0x1_0000_0000L - 7, 0)).isEqualTo(expected);
        }
    }

    @Test
    void tooManyOrTheSameTwiceAreRefused() {
        assertThatThrownBy(() -> Categories.numbers(257)).hasMessageContaining("257 categories (expected: <= 256)");
        assertThatThrownBy(() -> Categories.of(List.of(Category.of(1)), List.of(Category.of(1))))
                .hasMessageContaining("category '1' twice");
    }
}
