"""What the report says, section by section: each module turns a part of a `SalesReport` into blocks of a `Document`."""
