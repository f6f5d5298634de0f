package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettledChangesTest {
    /// Looks are divided by `|`; in a look, a model is `name:content of its file`, with `~` behind it if it was
    /// touched, and `!` if nobody can act on what is found. What is found is `name` or `-name`.
    @ParameterizedTest
    @CsvSource({
        // looks, what each of them finds
        "m:1|m:1|m:1,             |m|",
        "m:1|m:2|m:3|m:3|m:3,     |||m|",
        "m:1|m:1|m:2|m:2,         |m||m",
        "m:1|m:1|m:2|m:1|m:1,     |m|||",
        "m:1 n:1|m:1 n:2|m:1 n:2, |m|n",
        "m:1|m:1|none|none|m:1|m:1, |m||-m||m",
        "m:1|m:1|none|m:1|m:1,    |m|||",
        "m:1|none|none,           ||",
        "m:1|m:1|m:1~|m:1~|m:1~,  |m|||",
        "m:1|m:1|m:1~|m:2~|m:2~,  |m|||m",
        "m:1|m:1!|m:1!|m:1|m:1,   |m|m|m|",
        "m:1|m:1|none|none!|none|none, |m||-m|-m|"
    })
    void whatIsTheSameTwiceIsToldUntilItIsActedOn(String looks, String found) {
        SettledChanges changes = new SettledChanges((folder, known) -> hashed(folder));
        assertThat(told(changes, looks)).isEqualTo(found.strip());
    }

    private static String told(SettledChanges changes, String looks) {
        List<String> told = new ArrayList<>();
        for (String look : looks.split("\\|", -1)) {
            SettledChanges.Found now = changes.look(folders(look.replace("!", "")));
            List<String> names = new ArrayList<>();
            now.changed().forEach(folder -> names.add(folder.name()));
            now.gone().forEach(name -> names.add("-" + name));
            told.add(String.join(" ", names));
            if (!look.endsWith("!")) {
                now.changed().forEach(changes::acted);
                now.gone().forEach(changes::forgotten);
            }
        }

        return String.join("|", told);
    }

    /// Models that others act on since before the first look.
    @ParameterizedTest
    @CsvSource({
        // looks, what each of them finds
        "none|none|none,       |-m|",
        "m:1|none|none|none,   ||-m|",
        "none|m:1|none|none,   |||-m",
        "m:1|m:2|none|none,    |||-m",
        "none|m:1|m:1|none|none, ||m||-m"
    })
    void whatWasThereAtTheStartIsToldToBeGoneThoughItNeverSettled(String looks, String found) {
        SettledChanges changes = new SettledChanges((folder, known) -> hashed(folder));
        changes.began(Set.of("m"));
        assertThat(told(changes, looks)).isEqualTo(found.strip());
    }

    @Test
    void whatChangedIsReadBehindAllOthers() {
        List<String> threads = new ArrayList<>();
        SettledChanges changes = new SettledChanges((folder, known) -> {
            threads.add(Thread.currentThread().getName());
            return hashed(folder);
        });
        changes.look(folders("m:1 n:1"));

        assertThat(changes.look(folders("m:1 n:1")).changed()).hasSize(2);
        assertThat(threads).containsExactly("model-check", "model-check");
    }

    private static ModelFolder hashed(ModelFolder folder) {
        return folder.with(folder.versions().stream()
                .map(version -> new VersionFolder(
                        version.number(),
                        version.files().stream()
                                .map(file -> file.withHash("hash of " + file.byteSize()))
                                .toList(),
                        version.problem(),
                        version.opening()))
                .toList());
    }

    private static List<ModelFolder> folders(String look) {
        List<ModelFolder> folders = new ArrayList<>();
        for (String model : look.equals("none") ? new String[0] : look.strip().split(" ", -1)) {
            String[] parts = model.replace("~", "").split(":", -1);
            FileTime modified = FileTime.fromMillis(model.endsWith("~") ? 1 : 0);
            FileStamp file = new FileStamp("model.onnx", Long.parseLong(parts[1]), modified);
            VersionFolder version = new VersionFolder(1, Path.of("1"), List.of(file), "");
            folders.add(new ModelFolder(parts[0], Path.of(parts[0]), null, List.of(version), List.of(), ""));
        }
        return folders;
    }
}
