package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.penstock.core.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelRepositoryTest {
    @TempDir
    Path temporary;

    private Path root;
    private Disk disk;

    @BeforeEach
    void makeRepository() throws IOException {
        root = Files.createDirectory(temporary.toRealPath().resolve("models"));
        disk = new Disk(root);
    }

    private RepositorySnapshot read() {
        return ModelRepository.of(List.of(root)).read();
    }

    private ModelFolder read(String model) {
        return Objects.requireNonNull(ModelRepository.of(List.of(root)).read(model));
    }

    @Test
    void modelsAndTheirVersionsAreListedInOrder() {
        disk.version("iris", 1, "a")
                .version("digits", 10, "a")
                .version("digits", 9, "a")
                .config("digits", "# none");

        List<ModelFolder> models = read().models();

        assertThat(models).extracting(ModelFolder::name).containsExactly("digits", "iris");
        assertThat(models.get(0).numbers()).containsExactly(9L, 10L);
        assertThat(models.get(0).configText()).isEqualTo("# none");
        assertThat(models.get(1).configText()).isNull();
        assertThat(models).allSatisfy(model -> assertThat(model.problem()).isEmpty());
    }

    @Test
    void theExamplesAreARepository() {
        Path examples = Path.of(System.getProperty("penstock.root"), "examples/models");

        RepositorySnapshot found = ModelRepository.of(List.of(examples)).read();

        assertThat(found.warnings()).isEmpty();
        assertThat(found.models()).extracting(ModelFolder::name).contains("diabetes", "digits", "iris");
        assertThat(found.models()).allSatisfy(model -> {
            assertThat(model.problem()).isEmpty();
            assertThat(model.warnings()).isEmpty();
            assertThat(ModelSettings.of(model, Device.CPU).warnings()).isEmpty();
        });
    }

    @Test
    void hiddenFoldersAndLooseFilesAreIgnored() {
        disk.version(".git", 1, "a").folder("lost+found").file("README.md", "a").version("digits", 1, "a");

        RepositorySnapshot found = read();

        assertThat(found.models()).extracting(ModelFolder::name).containsExactly("digits");
        assertThat(found.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "V2", "01", "0", "-1", "+3", "1.0", "version_1", "1234567890123456789"})
    void foldersThatLookLikeVersionsButAreNoneAreNamed(String name) {
        disk.version("digits", 1, "a").file("digits/" + name + "/model.onnx", "a");

        ModelFolder digits = read("digits");

        assertThat(digits.numbers()).containsExactly(1L);
        assertThat(digits.warnings()).singleElement().asString().contains("'" + name + "'", "(expected: 1, 2, ...)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"configs", "initial_state", ".hidden", "resnet50"})
    void otherFoldersBesideVersionsAreIgnored(String name) {
        disk.version("digits", 1, "a").folder("digits/" + name);

        assertThat(read("digits").warnings()).isEmpty();
    }

    @Test
    void aModelWithoutVersionsIsAProblem() {
        disk.folder("digits");

        assertThat(read("digits").problem()).contains("no version is available", root + "/digits");
    }

    @Test
    void aFolderThatNoModelCanBeNamedAfterIsNamed() {
        disk.version("digits@2", 1, "a").version("iris", 1, "a");

        RepositorySnapshot found = read();

        assertThat(found.models()).extracting(ModelFolder::name).containsExactly("iris");
        assertThat(found.warnings()).singleElement().asString().contains("digits@2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "../models/digits", "digits/1", ".hidden", "digits\0", "unknown", "lost+found"})
    void namesThatAreNoModelsFindNothing(String name) {
        disk.version("digits", 1, "a").version(".hidden", 1, "a").folder("lost+found/1");

        assertThat(ModelRepository.of(List.of(root)).read(name)).isNull();
    }

    @Test
    void theSameNameInTwoRepositoriesIsAnErrorThatNamesBoth() {
        Path second = temporary.resolve("second");
        disk.version("digits", 1, "a");
        new Disk(second).version("digits", 2, "a").version("iris", 1, "a");

        ModelRepository both = ModelRepository.of(List.of(root, second));

        assertThat(both.read().models()).extracting(ModelFolder::name).containsExactly("digits", "iris");
        String problem = both.read().models().getFirst().problem();
        assertThat(problem).contains("'digits' is there twice", root + "/digits", second + "/digits");
        assertThat(both.read("digits")).extracting("problem").isEqualTo(problem);
        assertThat(both.read("iris")).extracting("problem").isEqualTo("");
    }

    @Test
    void foldersAreShortenedToWhereTheyLieInTheirRepository() throws IOException {
        Path longer = Files.createDirectory(temporary.toRealPath().resolve("models-2"));

        assertThat(ModelRepository.of(List.of(root))
                        .shortened("%s/a/1 is in %s, not %s/a".formatted(root, root, longer)))
                .isEqualTo("a/1 is in the model repository, not " + longer + "/a");
        assertThat(ModelRepository.of(List.of(root, longer)).shortened("%s/a and %s/a".formatted(root, longer)))
                .isEqualTo("(repository 1)/a and (repository 2)/a");
    }

    @Test
    void oneRepositoryGivenTwiceIsOne() {
        disk.version("digits", 1, "a");

        ModelFolder digits = ModelRepository.of(List.of(root, root.resolve("../models")))
                .read()
                .models()
                .getFirst();

        assertThat(digits.problem()).isEmpty();
    }

    @Test
    void aRepositoryThatIsNotThereIsRefused() {
        Path missing = root.resolve("missing");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelRepository.of(List.of(missing)))
                .withMessage("model repository: " + missing + " (expected: a folder that can be read)");
    }

    @Test
    void withoutFoldersThereAreNoModels() {
        assertThat(ModelRepository.of(List.of()).read().models()).isEmpty();
    }

    @Test
    void aModelLinkedFromOutsideIsRefused() throws IOException {
        Disk outside = new Disk(temporary.resolve("outside")).version("digits", 1, "a");
        Files.createSymbolicLink(root.resolve("digits"), outside.root().resolve("digits"));

        assertThat(read("digits").problem()).contains("is a link that leads outside " + root);
        assertThat(read("digits").versions()).isEmpty();
    }

    @Test
    void aConfigurationLinkedFromOutsideIsRefused() throws IOException {
        Path secret = Files.writeString(temporary.resolve("secret"), "name: 'x'");
        disk.version("digits", 1, "a");
        Files.createSymbolicLink(root.resolve("digits/config.pbtxt"), secret);

        assertThat(read("digits").problem()).contains("config.pbtxt is a link that leads outside");
    }

    @Test
    void versionsAndFilesLinkedFromOutsideAreRefusedAlone() throws IOException {
        Disk outside = new Disk(temporary.resolve("outside")).version("digits", 1, "a");
        disk.version("digits", 1, "a").version("digits", 2, "a");
        Files.createSymbolicLink(
                root.resolve("digits/2/weights.bin"), outside.root().resolve("digits/1/model.onnx"));
        Files.createSymbolicLink(root.resolve("digits/3"), outside.root().resolve("digits/1"));

        List<VersionFolder> versions = read("digits").versions();

        assertThat(versions.get(0).problem()).isEmpty();
        assertThat(versions.get(1).problem()).contains("weights.bin is a link that leads outside " + root);
        assertThat(versions.get(2).problem()).contains("digits/3 is a link that leads outside " + root);
    }

    @Test
    void linksInsideTheRepositoryAreFollowed() throws IOException {
        disk.version(".data", 1, "a");
        Files.createSymbolicLink(root.resolve("digits"), Path.of(".data"));

        assertThat(read("digits").versions()).extracting(VersionFolder::number).containsExactly(1L);
        assertThat(read("digits").versions().getFirst().problem()).isEmpty();
    }

    @Test
    void aReplacedFileHasAnotherStamp() {
        disk.version("digits", 1, "a").file("digits/1/data/weights.bin", "a");
        List<FileStamp> before = read("digits").versions().getFirst().files();
        disk.file("digits/1/data/weights.bin", "ab");

        List<FileStamp> after = read("digits").versions().getFirst().files();

        assertThat(before).extracting(FileStamp::name).containsExactly("data/weights.bin", "model.onnx");
        assertThat(after).isNotEqualTo(before);
    }

    @Test
    void aConfigurationThatIsNoTextIsAProblem() throws IOException {
        disk.version("digits", 1, "a");
        Files.write(root.resolve("digits/config.pbtxt"), new byte[] {'n', (byte) 0xff, (byte) 0xfe});

        assertThat(read("digits").problem()).isEqualTo("config.pbtxt is not UTF-8 text");
    }

    @Test
    void aConfigurationTooLargeIsAProblem() {
        disk.version("digits", 1, "a").config("digits", "#".repeat((1 << 20) + 1));

        assertThat(read("digits").problem()).contains("config.pbtxt has 1048577 bytes (expected: <= 1048576)");
    }
}
