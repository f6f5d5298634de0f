package dev.penstock.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LastReadTest {
    private static final List<ModelRecord> MODELS = List.of(
            StoreFixtures.pointing(
                    StoreFixtures.revised(
                            StoreFixtures.model("m", StoreFixtures.version(1, "one"), StoreFixtures.version(2, "two")),
                            7),
                    "stable",
                    2,
                    1),
            StoreFixtures.revised(StoreFixtures.model("modèle"), 3));

    private static final List<RouteRecord> ROUTES =
            List.of(new RouteRecord("fraud", 5, 2, 1, "{\"unit\":[]}", StoreFixtures.NOON, "ann"));

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("last-read.json");
    }

    @Test
    void whatIsKeptIsReadBack() {
        assertThat(LastRead.in(file, "db").read()).isEmpty();
        LastRead.in(file, "db").keep(new Recorded(9, MODELS, ROUTES, 3));

        assertThat(LastRead.in(file, "db").read()).contains(new Recorded(0, MODELS, ROUTES, 0));
        assertThat(folder).isDirectoryContaining("glob:**last-read.json");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void anEmptyRecordTakesThePlaceOfWhatWasReadBefore() {
        LastRead.in(file, "db").keep(new Recorded(9, MODELS, ROUTES, 3));
        LastRead.in(file, "db").keep(new Recorded(9, List.of()));

        assertThat(LastRead.in(file, "db").read()).contains(new Recorded(0, List.of()));
    }

    @Test
    void whatIsOfAnotherRecordIsNotRead() {
        LastRead.in(file, "db").keep(new Recorded(9, MODELS, ROUTES, 3));

        assertThat(LastRead.in(file, "other").read()).isEmpty();
    }

    @Test
    void itIsWrittenOnlyWhenItDiffers() throws Exception {
        LastRead last = LastRead.in(file, "db");
        last.keep(new Recorded(9, MODELS, ROUTES, 3));
        Files.delete(file);
        last.keep(new Recorded(9, MODELS, ROUTES, 3));
        assertThat(file).doesNotExist();
        last.keep(new Recorded(9, MODELS.subList(0, 1)));
        assertThat(last.read()).contains(new Recorded(0, MODELS.subList(0, 1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'of':'db','mod",
                "null",
                "[]",
                "{}",
                "{'models':[],'routes':[]}",
                "{'of':'db'}",
                "{'of':null,'models':[],'routes':[]}",
                "{'of':'db','models':null,'routes':[]}",
                "",
                "{'of':'db','models':[],'routes':[{'name':'r'}]}",
                "{'of':'db','models':[null],'routes':[]}",
                "{'of':'db','models':[{'name':'m','revision':1,'config':'','versions':{},'aliases':{}}],'routes':[]}",
                "{'of':'db','models':[{'name':'m','policy':'all','config':'','versions':{},'aliases':{}}],'routes':[]}",
                "{'of':'db','models':[{'name':'m','revision':1,'policy':'all','config':'','versions':{'1':{}},'aliases':{}}],'routes':[]}"
            })
    void whatIsDamagedIsSaidToBe(String content) throws Exception {
        Files.writeString(file, content.replace('\'', '"'));

        assertThatThrownBy(() -> LastRead.in(file, "db").read())
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.UNREADABLE));
    }

    @Test
    void whatAReleaseWithoutRoutesKeptIsReadBack() throws Exception {
        LastRead.in(file, "db").keep(new Recorded(9, MODELS));
        String content = Files.readString(file);
        String before = content.replace(",\"routes\":[]", "");
        assertThat(before).isNotEqualTo(content).doesNotContain("routes");
        Files.writeString(file, before);

        assertThat(LastRead.in(file, "db").read()).contains(new Recorded(0, MODELS));
    }

    @Test
    void noneKeepsNothing() {
        LastRead.NONE.keep(new Recorded(9, MODELS, ROUTES, 3));

        assertThat(LastRead.NONE.read()).isEmpty();
    }
}
