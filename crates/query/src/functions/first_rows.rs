//! `tutti_first_N(position, value, ...)`: of each group, the values of the rows with the N lowest positions, in order, as
//! a list of structures with the fields `c0`, `c1`, ... One pass, and no sort: a group holds N rows at most.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryBuilder, BooleanArray, ListArray, ListBuilder, StructArray,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::{Result, exec_err, not_impl_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility};

use super::first_row::FirstRow;

/// The name of the field that holds value `index`.
pub fn value_name(index: usize) -> String {
    format!("c{index}")
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct FirstRows {
    signature: Signature,
    name: String,
    count: usize,
}

impl FirstRows {
    pub fn new(count: usize) -> Self {
        // The number is part of the name, so that two different functions never look alike in a plan.
        Self { signature: Signature::variadic_any(Volatility::Immutable), name: format!("tutti_first_{count}"), count }
    }
}

impl AggregateUDFImpl for FirstRows {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        let Some((_, values)) = arguments.split_first().filter(|(position, _)| **position == DataType::Binary) else {
            return exec_err!("{} takes a position (binary) and values", self.name);
        };
        let fields: Fields = values
            .iter()
            .enumerate()
            .map(|(index, value)| Field::new(value_name(index), value.clone(), true))
            .collect();
        Ok(DataType::List(Arc::new(Field::new_list_field(DataType::Struct(fields), true))))
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let list = DataType::List(Arc::new(Field::new_list_field(DataType::Binary, true)));
        let part_type = if self.count == 1 { DataType::Binary } else { list };
        let name = arguments.name;
        Ok(["positions", "rows"]
            .map(|part| Arc::new(Field::new(format!("{name}[{part}]"), part_type.clone(), true)))
            .to_vec())
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        not_impl_err!("{} outside GROUP BY", self.name)
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        let DataType::List(element) = arguments.return_field.data_type() else {
            return exec_err!("{} gives a list", self.name);
        };
        let DataType::Struct(fields) = element.data_type() else {
            return exec_err!("{} gives a list of structures", self.name);
        };
        let sorts = fields.iter().map(|field| SortField::new(field.data_type().clone())).collect();
        let converter = RowConverter::new(sorts)?;
        if self.count == 1 {
            return Ok(Box::new(FirstRow::new(fields.clone(), converter)));
        }
        Ok(Box::new(Firsts { count: self.count, fields: fields.clone(), converter, groups: Vec::new(), bytes: 0 }))
    }
}

/// A row that is kept: where it stands, and its values in Arrow's row format.
struct Kept {
    position: Box<[u8]>,
    row: Box<[u8]>,
}

impl Kept {
    fn bytes(&self) -> usize {
        self.position.len() + self.row.len() + size_of::<Self>()
    }
}

struct Firsts {
    count: usize,
    fields: Fields,
    converter: RowConverter,
    /// The rows of each group, lowest position first.
    groups: Vec<Vec<Kept>>,
    bytes: usize,
}

impl Firsts {
    fn offer(&mut self, group: usize, position: &[u8], row: &[u8]) {
        let kept = &mut self.groups[group];
        if kept.len() == self.count {
            match kept.last() {
                Some(last) if *position < *last.position => {}
                _ => return,
            }
        }
        let place = kept.partition_point(|other| *other.position <= *position);
        let new = Kept { position: position.into(), row: row.into() };
        self.bytes += new.bytes();
        kept.insert(place, new);
        if kept.len() > self.count
            && let Some(last) = kept.pop()
        {
            self.bytes -= last.bytes();
        }
    }

    fn take(&mut self, emit_to: EmitTo) -> Vec<Vec<Kept>> {
        let taken = emit_to.take_needed(&mut self.groups);
        let bytes: usize = taken.iter().flatten().map(Kept::bytes).sum();
        self.bytes -= bytes;
        taken
    }

    fn reach(&mut self, groups: usize) {
        if self.groups.len() < groups {
            self.groups.resize_with(groups, Vec::new);
        }
    }
}

impl GroupsAccumulator for Firsts {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.reach(total_num_groups);
        let Some((positions, values)) = values.split_first() else { return exec_err!("no arguments") };
        let positions = positions.as_binary::<i32>();
        let rows = self.converter.convert_columns(values)?;
        for (index, group) in group_indices.iter().enumerate() {
            if wanted(opt_filter, index) && positions.is_valid(index) {
                self.offer(*group, positions.value(index), rows.row(index).as_ref());
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.reach(total_num_groups);
        let [positions, rows] = values else { return exec_err!("the state has two parts") };
        let (positions, rows) = (positions.as_list::<i32>(), rows.as_list::<i32>());
        for (index, group) in group_indices.iter().enumerate() {
            if positions.is_null(index) {
                continue;
            }
            let (positions, rows) = (positions.value(index), rows.value(index));
            let (positions, rows) = (positions.as_binary::<i32>(), rows.as_binary::<i32>());
            for entry in 0..positions.len() {
                self.offer(*group, positions.value(entry), rows.value(entry));
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let groups = self.take(emit_to);
        let parser = self.converter.parser();
        let rows = groups.iter().flatten().map(|kept| parser.parse(&kept.row));
        let columns = self.converter.convert_rows(rows)?;
        // Dictionaries come back as their values; the declared type wins.
        let columns = columns
            .iter()
            .zip(&self.fields)
            .map(|(column, field)| Ok(cast(column, field.data_type())?))
            .collect::<Result<Vec<_>>>()?;
        let total: usize = groups.iter().map(Vec::len).sum();
        let structures = StructArray::try_new_with_length(self.fields.clone(), columns, None, total)?;
        let offsets = OffsetBuffer::from_lengths(groups.iter().map(Vec::len));
        let valid: NullBuffer = groups.iter().map(|group| !group.is_empty()).collect::<Vec<bool>>().into();
        let element = Arc::new(Field::new_list_field(DataType::Struct(self.fields.clone()), true));
        Ok(Arc::new(ListArray::try_new(element, offsets, Arc::new(structures), Some(valid))?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let groups = self.take(emit_to);
        let mut positions = ListBuilder::new(BinaryBuilder::new());
        let mut rows = ListBuilder::new(BinaryBuilder::new());
        for group in groups {
            for kept in group {
                positions.values().append_value(&kept.position);
                rows.values().append_value(&kept.row);
            }
            positions.append(true);
            rows.append(true);
        }
        Ok(vec![Arc::new(positions.finish()), Arc::new(rows.finish())])
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let Some((given, values)) = values.split_first() else { return exec_err!("no arguments") };
        let given = given.as_binary::<i32>();
        let converted = self.converter.convert_columns(values)?;
        let mut positions = ListBuilder::new(BinaryBuilder::new());
        let mut rows = ListBuilder::new(BinaryBuilder::new());
        for index in 0..given.len() {
            if wanted(opt_filter, index) && given.is_valid(index) {
                positions.values().append_value(given.value(index));
                rows.values().append_value(converted.row(index).as_ref());
            }
            positions.append(true);
            rows.append(true);
        }
        Ok(vec![Arc::new(positions.finish()), Arc::new(rows.finish())])
    }

    fn size(&self) -> usize {
        self.bytes + self.groups.capacity() * size_of::<Vec<Kept>>() + self.converter.size()
    }
}

pub(super) fn wanted(filter: Option<&BooleanArray>, index: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(index) && filter.value(index))
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{BinaryArray, Int64Array};

    use super::*;

    fn firsts(count: usize) -> Firsts {
        let fields: Fields = vec![Field::new("c0", DataType::Int64, true)].into();
        let converter = RowConverter::new(vec![SortField::new(DataType::Int64)]).unwrap();
        Firsts { count, fields, converter, groups: Vec::new(), bytes: 0 }
    }

    fn batch(rows: &[(&[u8], Option<i64>)]) -> Vec<ArrayRef> {
        vec![
            Arc::new(BinaryArray::from_iter_values(rows.iter().map(|(position, _)| *position))),
            Arc::new(Int64Array::from_iter(rows.iter().map(|(_, value)| *value))),
        ]
    }

    fn lists(array: &ArrayRef) -> Vec<Option<Vec<Option<i64>>>> {
        let list = array.as_list::<i32>();
        let values = |array: ArrayRef| {
            let values = array.as_struct().column(0).clone();
            values.as_primitive::<datafusion::arrow::datatypes::Int64Type>().iter().collect()
        };
        (0..list.len()).map(|index| list.is_valid(index).then(|| values(list.value(index)))).collect()
    }

    #[test]
    fn the_lowest_positions_stay_in_order_whatever_the_order_of_arrival() {
        let rows: [(&[u8], Option<i64>); 4] = [(b"d", Some(4)), (b"a", Some(1)), (b"c", None), (b"b", Some(2))];
        let filter = BooleanArray::from(vec![true, true, true, false]);
        let mut direct = firsts(2);
        direct.update_batch(&batch(&rows), &[0, 0, 0, 0], None, 2).unwrap();
        assert_eq!(lists(&direct.evaluate(EmitTo::All).unwrap()), [Some(vec![Some(1), Some(2)]), None]);
        assert_eq!(direct.bytes, 0);
        // The same through the two kinds of states.
        let mut part = firsts(2);
        part.update_batch(&batch(&rows[..2]), &[1, 1], None, 2).unwrap();
        let state = part.state(EmitTo::All).unwrap();
        let mut whole = firsts(2);
        whole.merge_batch(&state, &[1, 0], 2).unwrap();
        let converted = whole.convert_to_state(&batch(&rows), Some(&filter)).unwrap();
        whole.merge_batch(&converted, &[0, 0, 0, 0], 2).unwrap();
        assert_eq!(lists(&whole.evaluate(EmitTo::First(1)).unwrap()), [Some(vec![Some(1), Some(1)])]);
        assert_eq!(lists(&whole.evaluate(EmitTo::All).unwrap()), [None]);
    }
}
