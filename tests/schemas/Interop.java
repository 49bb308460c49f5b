import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.JsonEncoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.util.RandomData;

/**
 * Apache Avro's own reading and writing, for the tests. One command a line on standard input, one answer a line on standard output; fields are parted by
 * tabs, bytes are hexadecimal.
 *
 *   schema NAME FILE         -> fingerprint of the schema, little-endian
 *   read NAME HEX            -> the single-object datum as Avro JSON, a tab, and the same datum encoded again
 *   write NAME JSON          -> the Avro JSON as a single-object datum, a tab, and the same body from the encoder that writes blocks with sizes
 *   random NAME SEED COUNT   -> data that this program made up, as single-object data
 *   reads READER WRITER      -> COMPATIBLE or INCOMPATIBLE
 *
 * What cannot be done is answered with "failed", a tab and the class of the exception.
 */
public class Interop {
  private static final GenericData DATA = new GenericData();
  private static final HexFormat HEX = HexFormat.of();
  private static final Map<String, Schema> SCHEMAS = new HashMap<>();

  public static void main(String[] arguments) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String answer;
      try {
        answer = answer(line.split("\t", -1));
      } catch (Exception failure) {
        answer = "failed\t" + failure.getClass().getSimpleName();
      }
      out.println(answer.replace("\n", " "));
    }
  }

  private static String answer(String[] words) throws IOException {
    switch (words[0]) {
      case "schema":
        Schema parsed = new Schema.Parser().parse(Files.readString(Path.of(words[2])));
        SCHEMAS.put(words[1], parsed);
        return HEX.formatHex(littleEndian(parsed));
      case "read":
        GenericRecord read = read(SCHEMAS.get(words[1]), HEX.parseHex(words[2]));
        return json(read) + "\t" + HEX.formatHex(single(read));
      case "write":
        Schema schema = SCHEMAS.get(words[1]);
        GenericRecord written = new GenericDatumReader<GenericRecord>(schema, schema, DATA).read(null, DecoderFactory.get().jsonDecoder(schema, words[2]));
        return HEX.formatHex(single(written)) + "\t" + HEX.formatHex(inBlocks(written));
      case "random":
        StringBuilder all = new StringBuilder();
        for (Object each : new RandomData(SCHEMAS.get(words[1]), Integer.parseInt(words[3]), Long.parseLong(words[2]))) {
          all.append(all.length() == 0 ? "" : "\t").append(HEX.formatHex(single((GenericRecord) each)));
        }
        return all.toString();
      case "reads":
        return SchemaCompatibility.checkReaderWriterCompatibility(SCHEMAS.get(words[1]), SCHEMAS.get(words[2])).getType().name();
      default:
        throw new IllegalArgumentException(words[0]);
    }
  }

  private static byte[] littleEndian(Schema schema) throws IOException {
    try {
      return SchemaNormalization.parsingFingerprint("CRC-64-AVRO", schema);
    } catch (java.security.NoSuchAlgorithmException impossible) {
      throw new IOException(impossible);
    }
  }

  /** Header checked, every byte of the body used. */
  private static GenericRecord read(Schema schema, byte[] value) throws IOException {
    if (value[0] != (byte) 0xC3 || value[1] != 1 || !Arrays.equals(Arrays.copyOfRange(value, 2, 10), littleEndian(schema))) {
      throw new IOException("another header");
    }
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(value, 10, value.length - 10, null);
    GenericRecord record = new GenericDatumReader<GenericRecord>(schema, schema, DATA).read(null, decoder);
    if (!decoder.isEnd()) {
      throw new IOException("trailing bytes");
    }
    return record;
  }

  private static byte[] single(GenericRecord record) throws IOException {
    ByteBuffer buffer = new BinaryMessageEncoder<GenericRecord>(DATA, record.getSchema()).encode(record);
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static byte[] inBlocks(GenericRecord record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Encoder encoder = new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema(), DATA).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  private static String json(GenericRecord record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    JsonEncoder encoder = EncoderFactory.get().jsonEncoder(record.getSchema(), bytes);
    new GenericDatumWriter<GenericRecord>(record.getSchema(), DATA).write(record, encoder);
    encoder.flush();
    // Apache's JSON encoder writes nothing at all for a record without fields.
    return bytes.size() == 0 ? "{}" : bytes.toString(StandardCharsets.UTF_8);
  }
}
