package dev.penstock.server.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTableTest {
    @TempDir
    Path folder;

    private byte[] file(String columns, int rows, CompressionCodecName codec) throws IOException {
        MessageType schema = MessageTypeParser.parseMessageType("message m {" + columns + "}");
        Path file = folder.resolve(codec + ".parquet");
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withType(schema)
                .withConf(new PlainParquetConfiguration())
                .withCompressionCodec(codec)
                .build()) {
            for (int i = 0; i < rows; i++) {
                Group row = new SimpleGroup(schema);
                row.add("x", i + 0.25);
                if (i % 2 == 0) {
                    row.add("city", i % 4 == 0 ? "rome" : "oslo");
                }
                row.add("ok", i % 2 == 1);
                writer.write(row);
            }
        }
        return Files.readAllBytes(file);
    }

    @Test
    void columnsAreReadAsTheyAreWhateverTheyWereCompressedWith() throws IOException {
        for (CompressionCodecName codec : List.of(CompressionCodecName.UNCOMPRESSED, CompressionCodecName.SNAPPY)) {
            byte[] file = file("required double x; optional binary city (STRING); required boolean ok;", 5, codec);

            assertThat(ParquetTable.rows(file))
                    .containsExactly(
                            List.of("x", "city", "ok"),
                            List.of("0.25", "rome", "0"),
                            List.of("1.25", "", "1"),
                            List.of("2.25", "oslo", "0"),
                            List.of("3.25", "", "1"),
                            List.of("4.25", "rome", "0"));
        }
    }

    @Test
    void theyMakeABaselineAsLinesDo() throws IOException {
        byte[] file = file(
                "required double x; optional binary city (STRING); required boolean ok;",
                500,
                CompressionCodecName.SNAPPY);

        Baseline baseline = new BaselineUpload("m", _ -> BaselineUpload.Kind.UNKNOWN, 17).parquet(file);

        assertThat(baseline.names()).containsExactly("x", "city", "ok");
        assertThat(baseline.rows()).isEqualTo(500);
        assertThat(baseline.features().get(1).counts().count(0)).isEqualTo(250);
    }

    @Test
    void aSmallFileOfLongTextsThatComeOftenIsRefused() throws IOException {
        MessageType schema = MessageTypeParser.parseMessageType("message m { required binary city (STRING); }");
        Path file = folder.resolve("often.parquet");
        String text = "a".repeat(100_000);
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withType(schema)
                .withConf(new PlainParquetConfiguration())
                .withDictionaryEncoding(true)
                .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
                .build()) {
            for (int i = 0; i < 1_000; i++) {
                Group row = new SimpleGroup(schema);
                row.add("city", text);
                writer.write(row);
            }
        }
        byte[] bytes = Files.readAllBytes(file);

        assertThat(bytes.length).isLessThan(1 << 20);
        assertThatThrownBy(() -> ParquetTable.rows(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("texts of 33600000 characters and more (expected: <= 33554432)");
    }

    @Test
    void aTextThatComesOftenIsThereOnce() throws IOException {
        byte[] file = file(
                "required double x; optional binary city (STRING); required boolean ok;",
                9,
                CompressionCodecName.UNCOMPRESSED);

        List<List<String>> rows = ParquetTable.rows(file);

        assertThat(rows.get(1).get(1)).isEqualTo("rome").isSameAs(rows.get(5).get(1));
    }

    @Test
    void whatPagesTakeUnpackedIsBounded() throws IOException {
        BoundedCodecs codecs =
                new BoundedCodecs(ParquetReadOptions.builder().build().getCodecFactory(), 10);
        CompressionCodecFactory.BytesInputDecompressor codec =
                codecs.getDecompressor(CompressionCodecName.UNCOMPRESSED);
        assertThat(codec.decompress(BytesInput.from(new byte[8]), 8).size()).isEqualTo(8);

        assertThatThrownBy(() -> codec.decompress(BytesInput.from(new byte[3]), 3))
                .hasMessage("pages of 11 bytes and more, unpacked (expected: <= 10)");
        codecs.release();
    }

    @Test
    void whatIsNoTableIsToldApart() throws IOException {
        byte[] nested = file(
                "required double x; optional binary city (STRING); required boolean ok; repeated int64 many;",
                1,
                CompressionCodecName.SNAPPY);
        BaselineUpload upload = new BaselineUpload("m", _ -> BaselineUpload.Kind.UNKNOWN, 17);

        assertThatThrownBy(() -> upload.parquet(nested))
                .isInstanceOf(ServingException.class)
                .hasMessage("no baseline: column 'many' is repeated int64 many (expected: numbers, booleans or texts)");
        assertThatThrownBy(() -> upload.parquet("x,y".getBytes(UTF_8)))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("it cannot be read as Parquet");
    }

    /// A footer that is given.
    private static byte[] withFooter(byte... footer) {
        return ByteBuffer.allocate(footer.length + 12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("PAR1".getBytes(UTF_8))
                .put(footer)
                .putInt(footer.length)
                .put("PAR1".getBytes(UTF_8))
                .array();
    }

    @Test
    void whatAFooterSaysThatItHasIsLookedAtBeforeRoomIsMadeForIt() {
        // Field 2, a list of 500 million structures; field 2, as many bytes; and nothing but beginnings.
        byte[] list = {0x29, (byte) 0xfc, (byte) 0x80, (byte) 0xca, (byte) 0xb5, (byte) 0xee, 1, 0, 0, 0};
        byte[] text = {0x28, (byte) 0x80, (byte) 0xca, (byte) 0xb5, (byte) 0xee, 1, 0};
        byte[] deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0x1c);

        assertThatThrownBy(() -> ParquetTable.rows(withFooter(list)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("it cannot be read as Parquet: the footer, byte 11: a list of 500000000 entries"
                        + " (expected: <= 3, as many bytes are left)");
        assertThatThrownBy(() -> ParquetTable.rows(withFooter(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a text of 500000000 bytes (expected: <= 1, which are left)");
        assertThatThrownBy(() -> ParquetTable.rows(withFooter(deep)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("structures 17 deep (expected: <= 16)");
    }

    @Test
    void manyEmptyTextsAreNotMade() {
        // Field 2, a list of half a million empty texts.
        byte[] footer = new byte[500_006];
        byte[] list = {0x29, (byte) 0xf8, (byte) 0xa0, (byte) 0xc2, 0x1e};
        System.arraycopy(list, 0, footer, 0, list.length);

        assertThatThrownBy(() -> ParquetTable.rows(withFooter(footer)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("500000 entries more (expected: <= 262144)");
    }

    @Test
    void pagesOfAllColumnsTogetherAreCounted() {
        // A dictionary's head: type, no bytes unpacked and packed. It has no values, so that it goes on.
        byte[] head = {0x15, 4, 0x15, 0, 0x15, 0, 0};
        byte[] file = new byte[4 + 20_000 * head.length + 1 + 8];
        for (int i = 0; i < 20_000; i++) {
            System.arraycopy(head, 0, file, 4 + i * head.length, head.length);
        }
        ByteBuffer tail = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        tail.put(0, "PAR1".getBytes(UTF_8))
                .put(file.length - 4, "PAR1".getBytes(UTF_8))
                .putInt(file.length - 8, 1);
        ParquetBounds bounds = new ParquetBounds(file);
        ColumnChunkMetaData chunk = ColumnChunkMetaData.get(
                ColumnPath.get("x"),
                new PrimitiveType(Type.Repetition.REQUIRED, PrimitiveType.PrimitiveTypeName.INT32, "x"),
                CompressionCodecName.UNCOMPRESSED,
                null,
                Set.of(),
                Statistics.createStats(
                        new PrimitiveType(Type.Repetition.REQUIRED, PrimitiveType.PrimitiveTypeName.INT32, "x")),
                4,
                0,
                5,
                0,
                0);

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> bounds.checkPages(chunk)).hasMessageContaining("it cannot be read as Parquet");
        }
        assertThatThrownBy(() -> bounds.checkPages(chunk)).hasMessageContaining("page 65537 of the file");
    }

    @Test
    void columnsInColumnsAreNotFollowed() {
        MessageType schema = MessageTypeParser.parseMessageType(
                "message m {" + "required group g {".repeat(3) + " required int32 x; " + "}".repeat(4));
        Path file = folder.resolve("deep.parquet");

        assertThatThrownBy(() -> {
                    try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                            .withType(schema)
                            .withConf(new PlainParquetConfiguration())
                            .build()) {
                        Group row = new SimpleGroup(schema);
                        row.addGroup("g").addGroup("g").addGroup("g").add("x", 1);
                        writer.write(row);
                    }
                    ParquetTable.rows(Files.readAllBytes(file));
                })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("columns in columns (expected: numbers, booleans or texts)");
    }

    @Test
    void whateverAFileSaysItIsReadOrRefused() throws IOException {
        String columns = "required double x; optional binary city (STRING); required boolean ok;";
        byte[] good = file(columns, 40, CompressionCodecName.SNAPPY);
        SplittableRandom random = new SplittableRandom(11);
        int refused = 0;
        for (int i = 0; i < 4_000; i++) {
            byte[] bad = good.clone();
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                // Mostly where the file says something of itself.
                int at = random.nextInt(random.nextInt(4) == 0 ? 4 : bad.length / 2, bad.length - 4);
                bad[at] = (byte) (random.nextBoolean() ? random.nextInt() : bad[at] ^ 1 << random.nextInt(8));
            }
            try {
                assertThat(ParquetTable.rows(bad)).isNotEmpty();
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 3_999);
    }
}
