"""What Confluent's client for Python hears from a registry: one JSON object on standard output. Takes the URL and a subject that is free."""

import json
import sys

from confluent_kafka.schema_registry import (
    ConfigCompatibilityLevel,
    Metadata,
    MetadataProperties,
    Rule,
    RuleKind,
    RuleMode,
    RuleSet,
    Schema,
    SchemaReference,
    SchemaRegistryClient,
    SchemaRegistryError,
    ServerConfig,
    dual_schema_id_deserializer,
    header_schema_id_serializer,
)
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

url, subject = sys.argv[1:]
heard = {}


def client(path=""):
    """A client that remembers nothing of what others asked."""
    return SchemaRegistryClient({"url": url + path})


def record(*fields, name=subject.replace("-", "_")):
    return json.dumps({"type": "record", "name": name, "fields": list(fields)})


def refused(call):
    try:
        call()
    except SchemaRegistryError as error:
        return [error.http_status_code, error.error_code]
    return "not refused"


a, b = {"name": "a", "type": "int"}, {"name": "b", "type": "int", "default": 1}
registry = client()
first = Schema(record(a), "AVRO")
schema_id = registry.register_schema(subject, first)
whole = client().register_schema_full_response(subject, first)
heard["register"] = [client().register_schema(subject, first) == schema_id, whole.version, whole.schema_id == schema_id]
heard["by id"] = client().get_schema(schema_id, subject_name=subject).schema_str == first.schema_str
heard["by guid"] = client().get_schema_by_guid(whole.guid).schema_str == first.schema_str
heard["types"] = sorted(registry.get_schema_types())
heard["uses"] = [registry.get_subjects_by_schema_id(schema_id) == [subject], len(registry.get_schema_versions(schema_id))]
found = client().lookup_schema(subject, first)
heard["lookup"] = [found.subject == subject, found.version, found.schema_id == schema_id]
heard["latest"] = client().get_latest_version(subject).version
heard["version"] = client().get_version(subject, 1).schema_id == schema_id
heard["versions"] = registry.get_versions(subject)
heard["subjects"] = subject in registry.get_subjects()
heard["missing"] = [
    refused(lambda: client().get_schema(999999)),
    refused(lambda: client().get_latest_version("none-" + subject)),
    refused(lambda: client().get_version(subject, 99)),
    refused(lambda: client().lookup_schema(subject, Schema(record(b), "AVRO"))),
    refused(lambda: client().register_schema(subject, Schema("{", "AVRO"))),
]

registry.set_compatibility(subject, "BACKWARD")
second = Schema(record(a, b), "AVRO")
bad = Schema(record(a, {"name": "c", "type": "int"}), "AVRO")
heard["checks"] = [
    registry.test_compatibility(subject, second),
    registry.test_compatibility(subject, bad),
    registry.test_compatibility_all_versions(subject, bad),
    refused(lambda: client().register_schema(subject, bad)),
]
heard["level"] = registry.get_compatibility(subject)
registry.set_config(subject, ServerConfig(compatibility=ConfigCompatibilityLevel.NONE))
heard["config"] = str(registry.get_config(subject).compatibility_level)
registry.delete_config(subject)
heard["no config"] = refused(lambda: registry.get_config(subject))
heard["mode"] = [registry.update_mode(subject, "READONLY"), registry.get_mode(subject), refused(lambda: registry.delete_subject(subject))]
registry.delete_mode(subject)

registry.register_schema(subject, second, normalize_schemas=True)
rules = RuleSet(None, [Rule("r", None, RuleKind.CONDITION, RuleMode.WRITE, "CEL", None, None, "message.a > 0", None, None, False)], None)
contract = Schema(second.schema_str, "AVRO", metadata=Metadata(None, MetadataProperties({"major": "2"}), None), rule_set=rules)
contract_id = registry.register_schema(subject, contract)
read = client().get_schema(contract_id)
heard["contract"] = [read.metadata.properties.properties, read.rule_set.domain_rules[0].expr]
heard["latest with metadata"] = client().get_latest_with_metadata(subject, {"major": "2"}).version

user = subject + "-user"
reference = SchemaReference(subject.replace("-", "_"), subject, 1)
user_id = registry.register_schema(
    user, Schema(record({"name": "r", "type": subject.replace("-", "_")}, name="U_" + subject.replace("-", "_")), "AVRO", [reference])
)
heard["referenced by"] = registry.get_referenced_by(subject, 1) == [user_id]
heard["references"] = client().get_schema(user_id).references[0].subject == subject
heard["referred to"] = refused(lambda: registry.delete_version(subject, 1))

heard["deletes"] = [
    registry.delete_version(subject, 2),
    registry.get_versions(subject, deleted=True),
    registry.delete_version(subject, 2, permanent=True),
    registry.delete_subject(user),
    registry.delete_subject(user, permanent=True),
]

topic = subject + "-topic"
written = record(a, {"name": "x", "type": "string"}, name="T_" + subject.replace("-", "_"))
context = SerializationContext(topic, MessageField.VALUE)
deserializer = AvroDeserializer(client())
heard["round trip"] = deserializer(AvroSerializer(registry, written)({"a": 5, "x": "y"}, context), context)
latest = AvroSerializer(client(), written, conf={"auto.register.schemas": False, "use.latest.version": True})
heard["with the latest"] = deserializer(latest({"a": 6, "x": "z"}, context), context)
headers = SerializationContext(topic, MessageField.VALUE, headers=[])
in_header = AvroSerializer(client(), written, conf={"schema.id.serializer": header_schema_id_serializer})({"a": 7, "x": "0123456789"}, headers)
by_header = AvroDeserializer(client(), conf={"schema.id.deserializer": dual_schema_id_deserializer})
heard["GUID in a header"] = by_header(in_header, headers)

elsewhere = client("/contexts/.elsewhere")
elsewhere_id = elsewhere.register_schema(subject, first)
heard["context"] = [elsewhere.get_schema(elsewhere_id).schema_str == first.schema_str, ":.elsewhere:" + subject in registry.get_subjects()]
heard["contexts"] = registry.get_contexts()
print(json.dumps(heard))
