package dev.penstock.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreSettingsTest {
    private static final String URL = "jdbc:postgresql://db:5432/models";
    private static final Path FILE = Path.of("data/record.db");

    @Test
    void withoutAUrlItIsTheFile() {
        assertThat(StoreSettings.of("", FILE, Map.of())).isEqualTo(new StoreSettings.Sqlite(FILE));
    }

    @Test
    void userAndPasswordComeFromTheEnvironment() {
        StoreSettings settings =
                StoreSettings.of(URL, FILE, Map.of("PENSTOCK_STORE_USER", "ann", "PENSTOCK_STORE_PASSWORD", "secret"));

        assertThat(settings).isEqualTo(new StoreSettings.Postgres(URL, "ann", "secret"));
        assertThat(settings.toString()).isEqualTo(URL);
    }

    @Test
    void aPasswordCanLieInAFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "secret\n");

        assertThat(StoreSettings.of(URL, FILE, Map.of("PENSTOCK_STORE_PASSWORD_FILE", file.toString())))
                .isEqualTo(new StoreSettings.Postgres(URL, "", "secret"));
        assertThatThrownBy(() -> StoreSettings.of(URL, FILE, Map.of("PENSTOCK_STORE_PASSWORD_FILE", file + "2")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("password2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/models?user=ann&Password=secret",
                "jdbc:postgresql://ann:secret@db/models",
            })
    void aPasswordInTheUrlIsRefusedAndNotShown(String url) {
        assertThatThrownBy(() -> StoreSettings.of(url, FILE, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PENSTOCK_STORE_PASSWORD")
                .hasMessageNotContaining("secret");
    }

    @Test
    void otherDatabasesAreRefused() {
        assertThatThrownBy(() -> StoreSettings.of("jdbc:mysql://db/models", FILE, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jdbc:mysql://db/models");
    }
}
