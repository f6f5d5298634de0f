package dev.penstock.server.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
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
}
