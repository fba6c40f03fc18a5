/* The constants that the HDF5 reader and writer share. Source: HDF5 File Format Specification,
 * version 1.1 of the format ("old style"): superblock 0, object header 1, B-tree 1, local heap. */
#ifndef PROPENSE_HDF5_FORMAT_H
#define PROPENSE_HDF5_FORMAT_H

#include <stdint.h>

#define H5_UNDEFINED UINT64_MAX /* an address that is not there */
#define H5_SIGNATURE "\x89HDF\r\n\x1a\n"

enum {
    h5_superblock_bytes = 96,
    h5_header_bytes = 16, /* of an object header, in front of its messages */
    h5_message_bytes = 8, /* of a message's own header */
    h5_heap_bytes = 32,
    h5_node_bytes = 24, /* of a B-tree node, in front of its keys */
    h5_table_bytes = 8, /* of a symbol node, in front of its entries */
    h5_entry_bytes = 40,
};

enum {
    h5_message_nil = 0x0000,
    h5_message_space = 0x0001,
    h5_message_link_info = 0x0002,
    h5_message_type = 0x0003,
    h5_message_fill = 0x0005,
    h5_message_link = 0x0006,
    h5_message_layout = 0x0008,
    h5_message_attribute = 0x000C,
    h5_message_continuation = 0x0010,
    h5_message_symbol_table = 0x0011,
};

/* Datatype messages, indexed by h5_type: class and version, byte order and sign position, size,
 * and the properties (bit offset, precision; for floats also where exponent and mantissa stand). */
typedef struct h5_type_layout {
    int bytes; /* of the message */
    int size;  /* of an item */
    unsigned char message[20];
} h5_type_layout;
static const h5_type_layout h5_types[] = {
    { 20, 4, { 0x11, 0x20, 0x1F, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0 } },
    { 20, 8, { 0x11, 0x20, 0x3F, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 0xFF, 3, 0, 0 } },
    { 12, 8, { 0x10, 0x08, 0x00, 0, 8, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },
    { 12, 4, { 0x10, 0x08, 0x00, 0, 4, 0, 0, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },
    { 12, 1, { 0x10, 0x00, 0x00, 0, 1, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },
};
enum { h5_n_types = sizeof h5_types / sizeof h5_types[0] };

#endif
